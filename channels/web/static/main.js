// The page's one state and what changes it.

import { change, fromReplies, fromServer, merge, rebase, unanswered } from "./lines.js";
import { listen, loadHistory, makeSender } from "./transport.js";
import { App } from "./view.js";

const { createElement: h } = window.React;
const UNSENT = "suda.unsent";
const ELDER = "suda.elder";
const LOOK_AGAIN = 5000; // ms between looks at the history while a reply is due and the stream is silent

const state = { lines: [], notice: { text: "", tone: "calm" }, loaded: false, elder: false };
const root = window.ReactDOM.createRoot(document.getElementById("chat"));
let lost = false;
let started = false;
let noticeTimer = null;
let unsent = [];

/** What the browser keeps for this page alone; a browser that forbids it only loses the comfort. */
function kept(store, key, value) {
  try {
    if (value === undefined) return store.getItem(key);
    if (value === null) store.removeItem(key);
    else store.setItem(key, value);
  } catch (error) {
    console.info("Nothing can be kept in this browser.");
  }
  return null;
}

function show(changes) {
  Object.assign(state, changes);
  root.render(h(App, { ...state, onSay: say }));
}

function setLines(lines) {
  const waiting = lines.filter((line) => line.from === "citizen" && (line.state === "sending" || line.state === "waiting"));
  kept(window.sessionStorage, UNSENT, waiting.length ? JSON.stringify(waiting) : null);
  show({ lines });
}

function tell(text, tone, fades) {
  clearTimeout(noticeTimer);
  show({ notice: { text, tone } });
  if (fades) noticeTimer = setTimeout(() => show({ notice: { text: "", tone: "calm" } }), 4000);
}

function loseConnection() {
  if (lost) return;
  lost = true;
  tell("连接断开，正在重连，消息会自动补发。", "warn", false);
}

function findConnection() {
  sender.hurry();
  if (!lost) return;
  lost = false;
  tell("已重新连接。", "good", true);
}

const sender = makeSender({
  onResult(message, result) {
    if (result.refused) {
      setLines(change(state.lines, message.key, { state: "refused", problem: result.refused }));
      return;
    }
    if (!lost && state.notice.tone === "warn") tell("", "calm", false);
    const lines = change(state.lines, message.key, { state: "sent" });
    setLines(result.replies ? merge(lines, fromReplies(message, result.replies, Date.now())) : lines);
    if (result.later) tell("正在处理，答复会出现在这里，您可以接着说。", "calm", true);
  },
  onTrouble(trouble) {
    const waiting = unanswered(state.lines).filter((line) => line.state === "sending");
    setLines(waiting.reduce((lines, line) => change(lines, line.key, { state: "waiting" }), state.lines));
    if (trouble.lost) loseConnection();
    else if (trouble.again) tell(trouble.again, "warn", false);
  },
});

function say(text) {
  const line = {
    key: newKey(),
    from: "citizen",
    text,
    buttons: [],
    data: {},
    at: Date.now(),
    answers: null,
    state: lost ? "waiting" : "sending",
  };
  setLines(merge(state.lines, [line]));
  sender.send(line);
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function refresh() {
  const history = await loadHistory();
  setLines(rebase(history.messages.map(fromServer), state.lines));
  return history.cursor;
}

async function refreshQuietly() {
  try {
    await refresh();
  } catch (error) {
    loseConnection();
  }
}

function hear(line) {
  const known = line.message_id === undefined || state.lines.some((one) => one.key === line.message_id);
  // A reply to something said on another page of the same citizen: take over what was said there as well.
  if (known) setLines(merge(state.lines, [fromServer(line)]));
  else refreshQuietly();
}

function resend() {
  const missing = unsent.filter((line) => !state.lines.some((known) => known.key === line.key));
  setLines(merge(state.lines, missing.map((line) => ({ ...line, state: "sending" }))));
  missing.forEach((line) => sender.send(line));
}

async function start() {
  let tries = 0;
  for (;;) {
    try {
      const cursor = await refresh();
      if (!started) {
        started = true;
        show({ loaded: true });
        resend();
      }
      listen(cursor, { onLine: hear, onOpen: findConnection, onLost: loseConnection });
      return;
    } catch (error) {
      loseConnection();
      await new Promise((resolve) => setTimeout(resolve, Math.min(1000 * 2 ** tries, 15000)));
      tries += 1;
    }
  }
}

function setElder(elder) {
  const button = document.getElementById("elder");
  button.setAttribute("aria-pressed", String(elder));
  document.documentElement.dataset.elder = String(elder);
  kept(window.localStorage, ELDER, elder ? "1" : null);
  show({ elder });
}

document.getElementById("elder").addEventListener("click", () => setElder(!state.elder));
window.addEventListener("offline", loseConnection);
setInterval(() => {
  if (unanswered(state.lines).some((line) => line.state === "sent")) refreshQuietly();
}, LOOK_AGAIN);

// Read before the first lines are set, which writes it anew.
unsent = JSON.parse(kept(window.sessionStorage, UNSENT) || "[]");
setElder(kept(window.localStorage, ELDER) === "1");
if (!navigator.cookieEnabled) tell("浏览器关闭了 Cookie，刷新后将看不到之前的对话。", "warn", false);
start();
