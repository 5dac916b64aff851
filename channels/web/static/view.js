// What the citizen sees: lines, choices, notices. Every word is put in as text; nothing here makes markup of it.

import { CaseCard } from "./casecard.js";
import { Composer } from "./composer.js";
import { choices, isClerk, showsTime, unanswered } from "./lines.js";

const { createElement: h, useEffect, useRef } = window.React;
const { default: Chat, Bubble, Button, Typing } = window.ChatUI;

const STARTERS = [
  { title: "反映问题", says: "我要反映一个问题" },
  { title: "咨询政策", says: "我想咨询政策" },
  { title: "查办理进度", says: "我想查我的诉求办到哪一步了" },
];

const CLERK = "人工客服";

const STATES = {
  sending: "发送中",
  waiting: "等待重发",
};

function Welcome() {
  return h(
    "section",
    { className: "welcome", "aria-label": "欢迎" },
    h("h2", null, "您好，这里是 12345 在线受理"),
    h(
      "p",
      null,
      "遇到了什么事？直接说就行，比如哪里、什么时候、发生了什么。我会帮您登记，并告诉您由谁办理、什么时候有结果。",
    ),
    h(
      "p",
      { className: "privacy" },
      h("svg", { viewBox: "0 0 20 20", "aria-hidden": true, focusable: false },
        h("path", { d: "M10 1.800 3.500 4.300v5c0 4.200 2.700 7.400 6.500 8.900 3.800-1.500 6.500-4.700 6.500-8.900v-5zM7 9.900l2.200 2.200L13.300 8" })),
      h("span", null, "对话和您留下的联系方式会加密保存，只用于办理诉求；本机只存一个认出您的随机编号，和还没发出去的话。"),
    ),
  );
}

function Content({ line }) {
  const mine = line.from === "citizen";
  const facts = line.data && line.data.case;
  return h(
    "div",
    { className: "line", "data-key": line.key, "data-from": line.from, "data-state": line.state },
    h("span", { className: "unseen" }, mine ? "您说：" : isClerk(line) ? `${CLERK}说：` : "诉达："),
    line.text && h(Bubble, { type: "text" }, h("p", null, line.text)),
    facts && facts.number ? h(CaseCard, { facts }) : null,
    mine && STATES[line.state] ? h("p", { className: "line-state" }, STATES[line.state]) : null,
    mine && line.state === "refused" ? h("p", { className: "line-refused", role: "alert" }, line.problem) : null,
  );
}

const WELCOME = { _id: "welcome", type: "welcome", position: "center", content: {}, hasTime: false };

// ChatUI's own sign for typing is an empty line in this version.
const TYPING = { _id: "typing", type: "typing", position: "left", content: {}, hasTime: false };

function renderMessageContent(message) {
  if (message.type === "welcome") return h(Welcome);
  if (message.type === "typing") return h(Typing);
  return h(Content, { line: message.line });
}

function toMessage(line, index, lines) {
  return {
    _id: line.key,
    type: "text",
    content: {},
    line,
    position: line.from === "citizen" ? "right" : "left",
    user: isClerk(line) ? { name: CLERK } : undefined,
    createdAt: line.at,
    hasTime: showsTime(line, lines[index - 1]),
  };
}

function Choices({ items, onChoose }) {
  if (items.length === 0) return null;
  return h(
    "div",
    { className: "choices", role: "group", "aria-label": "可以直接点选的回答" },
    items.map((item) =>
      h(Button, { key: item.title, className: "choice", onClick: () => onChoose(item) }, item.title),
    ),
  );
}

function Notice({ text, tone }) {
  return h("p", { className: "notice", role: "status", "data-tone": tone, "data-shown": text !== "" }, text);
}

export function App({ lines, notice, loaded, elder, onSay }) {
  const messages = useRef(null);
  // Who waits for the line to come back is not being answered yet.
  const waiting = unanswered(lines).some((line) => line.state !== "waiting");
  const offered = lines.length === 0 ? (loaded ? STARTERS : []) : waiting ? [] : choices(lines);

  // ChatUI has no live region of its own that suits a log: this one reads out new lines and not the old ones again.
  useEffect(() => {
    const list = messages.current.ref.current.querySelector(".MessageList");
    list.setAttribute("role", "log");
    list.setAttribute("aria-label", "对话记录");
    const scroller = messages.current.ref.current.querySelector(".PullToRefresh");
    scroller.setAttribute("tabindex", "0");
    scroller.setAttribute("role", "region");
    scroller.setAttribute("aria-label", "对话，可上下滚动");
  }, []);

  function choose(item) {
    onSay(item.says);
    document.getElementById("say").focus({ preventScroll: true });
  }

  return h(Chat, {
    locale: "zh-CN",
    colorScheme: "auto",
    elderMode: elder,
    messages: loaded ? [WELCOME, ...lines.map(toMessage), ...(waiting ? [TYPING] : [])] : [],
    messagesRef: messages,
    renderMessageContent,
    renderQuickReplies: () =>
      h("div", { className: "over-write" },
        h("p", { className: "unseen", role: "status" }, waiting ? "诉达正在回复" : ""),
        h(Notice, notice),
        h(Choices, { items: offered, onChoose: choose })),
    Composer,
    onSend: (_kind, text) => onSay(text),
  });
}
