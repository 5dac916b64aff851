// Talks to /api/chat: posts one message at a time, tries again with the same message_id, listens to the stream.

const MESSAGES = "api/chat/messages";
const HISTORY = "api/chat/history";
const STREAM = "api/chat/stream";
const POST_TIMEOUT = 30000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;

const pauseAfter = (tries) => Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE);

async function withTimeout(address, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), POST_TIMEOUT);
  try {
    return await fetch(address, { credentials: "same-origin", cache: "no-store", signal: stop.signal, ...options });
  } finally {
    clearTimeout(timer);
  }
}

/** The conversation so far: {messages, cursor}. Rejects when it cannot be had. */
export async function loadHistory() {
  const response = await withTimeout(HISTORY, {});
  if (!response.ok) throw new Error(`history ${response.status}`);
  return response.json();
}

/**
 * Post one message. Resolves to {replies} (answered), {later: true} (the stream will bring it),
 * {refused: sentence} (no use to try again) or {again: sentence?} (try again).
 */
async function postOnce(message) {
  let response;
  try {
    response = await withTimeout(MESSAGES, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: message.text, message_id: message.key }),
    });
    const body = await response.json();
    if (response.status === 200) return { replies: body };
    if (response.status === 202) return { later: true };
    const sentence = body.error && body.error.message;
    if (response.status === 408 || response.status === 429 || response.status >= 500) return { again: sentence || "" };
    return { refused: sentence || "这条消息没有发出去。" };
  } catch (error) {
    // No answer, or not ours (a proxy's page): the message may or may not have arrived, so the same id goes again.
    return { again: "", lost: !response };
  }
}

/** A queue that sends in order and gives up on nothing but a refusal. */
export function makeSender({ onResult, onTrouble }) {
  const queue = [];
  let busy = false;
  let wake = null;

  async function run() {
    if (busy) return;
    busy = true;
    let tries = 0;
    while (queue.length > 0) {
      const message = queue[0];
      const result = await postOnce(message);
      if ("again" in result) {
        onTrouble(result);
        await new Promise((resolve) => {
          wake = resolve;
          setTimeout(resolve, pauseAfter(tries));
        });
        wake = null;
        tries += 1;
        continue;
      }
      tries = 0;
      queue.shift();
      onResult(message, result);
    }
    busy = false;
  }

  const hurry = () => wake && wake();
  window.addEventListener("online", hurry);
  return {
    send(message) {
      queue.push(message);
      run();
    },
    hurry,
  };
}

/** Keep one stream open from `cursor` on; browsers reconnect by themselves, a refused stream is opened anew. */
export function listen(cursor, { onLine, onOpen, onLost }) {
  let source = null;
  let last = cursor;
  let tries = 0;
  let timer = null;

  function open() {
    timer = null;
    source = new EventSource(`${STREAM}?after=${encodeURIComponent(last)}`);
    source.onopen = () => {
      tries = 0;
      onOpen();
    };
    source.addEventListener("message", (event) => {
      if (event.lastEventId) last = event.lastEventId;
      onLine(JSON.parse(event.data));
    });
    source.onerror = () => {
      onLost();
      if (source.readyState === EventSource.CLOSED && timer === null) {
        timer = setTimeout(open, pauseAfter(tries));
        tries += 1;
      }
    };
  }

  window.addEventListener("online", () => {
    // A stream can look open though its connection died with the old network.
    clearTimeout(timer);
    source.close();
    open();
  });
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
  open();
}
