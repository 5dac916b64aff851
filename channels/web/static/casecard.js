// A filed case as a card: its number to copy, who holds it, until when it is due.

const { createElement: h, useState } = window.React;
const { Card } = window.ChatUI;

const DUE = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai",
  year: "numeric",
  month: "long",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});

/** A moment as people in the city read it; words that are no moment stay as they are. */
export function dueInWords(due) {
  if (typeof due !== "string" || !/^\d{4}-\d{2}-\d{2}T/.test(due)) return String(due);
  const moment = Date.parse(due);
  return Number.isNaN(moment) ? due : `${DUE.format(moment)}前`;
}

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Without TLS browsers have no clipboard object; the old way needs a selected field.
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("copy refused");
}

function Row({ name, children }) {
  return h("div", { className: "case-row" }, h("dt", null, name), h("dd", null, children));
}

/** `{case: {number, holder?, due?, title?}}` */
export function CaseCard({ facts }) {
  const [word, setWord] = useState("");
  const number = String(facts.number);
  async function press() {
    try {
      await copy(number);
      setWord("已复制");
    } catch (error) {
      setWord("没能复制，请长按编号");
    }
    setTimeout(() => setWord(""), 4000);
  }
  return h(
    Card,
    { className: "case", role: "group", "aria-label": `诉求编号 ${number}` },
    h(
      "div",
      { className: "case-head" },
      h("p", { className: "case-label" }, "诉求编号"),
      h(
        "div",
        { className: "case-number-row" },
        h("p", { className: "case-number" }, number),
        h(
          "button",
          { className: "case-copy", type: "button", onClick: press, "aria-label": `复制诉求编号 ${number}` },
          word === "已复制" ? "已复制" : "复制",
        ),
      ),
      h("p", { className: "case-word", role: "status" }, word === "已复制" ? h("span", { className: "unseen" }, word) : word),
    ),
    h(
      "dl",
      { className: "case-facts" },
      facts.title ? h(Row, { name: "事项" }, String(facts.title)) : null,
      facts.holder ? h(Row, { name: "由谁办理" }, String(facts.holder)) : null,
      facts.due ? h(Row, { name: "办理期限" }, dueInWords(facts.due)) : null,
    ),
  );
}
