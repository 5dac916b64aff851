// Where the citizen writes. ChatUI's own composer sends only on mouse-down, so its button is dead to a keyboard and to
// some screen readers; this one is a plain form around ChatUI's growing input.

const { createElement: h, useRef, useState } = window.React;
const { Button, Input } = window.ChatUI;

const LIMIT = 20000; // characters; three bytes each in UTF-8 stay below the 64 KB a request may have

export function Composer({ onSend, onFocus }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const input = useRef(null);
  const composing = useRef(false);

  function submit(event) {
    event.preventDefault();
    if (text.trim() === "") {
      input.current.focus();
      return;
    }
    if (text.length > LIMIT) {
      setProblem(`这段话有 ${text.length} 个字，一次最多 ${LIMIT} 个字，请分成几条发送。`);
      return;
    }
    setProblem("");
    setText("");
    onSend("text", text);
    input.current.focus();
  }

  function keyDown(event) {
    // Enter that picks a word in an input method is not a wish to send; Safari reports it after the composition's end
    // with key code 229.
    if (event.key !== "Enter" || event.shiftKey) return;
    if (composing.current || event.nativeEvent.isComposing || event.keyCode === 229) return;
    submit(event);
  }

  return h(
    "form",
    { className: "write", onSubmit: submit, "aria-label": "发消息" },
    problem && h("p", { className: "write-problem", id: "say-problem", role: "alert" }, problem),
    h(
      "div",
      { className: "write-row" },
      h("label", { className: "unseen", htmlFor: "say" }, "请说出您的诉求或问题"),
      h(Input, {
        id: "say",
        className: "write-input",
        rows: 1,
        maxRows: 5,
        autoSize: true,
        value: text,
        placeholder: "请说出您的诉求或问题",
        enterKeyHint: "send",
        autoComplete: "off",
        "aria-describedby": problem ? "say-problem" : undefined,
        "aria-invalid": problem ? true : undefined,
        ref: input,
        onFocus,
        onChange: setText,
        onKeyDown: keyDown,
        onCompositionStart: () => (composing.current = true),
        onCompositionEnd: () => (composing.current = false),
      }),
      h(Button, { className: "write-send", color: "primary", type: "submit" }, "发送"),
    ),
  );
}
