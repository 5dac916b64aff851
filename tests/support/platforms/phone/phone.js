// The demo citizen's phone: shows what the platform shows them, sends what they do. Words only ever become text nodes.

"use strict";

const EVERY = 400;
const PLACES = [
  ["中关村软件园小区 3 号楼", 40.0526, 116.2995],
  ["学院路与成府路路口", 39.9925, 116.3531],
  ["西二旗地铁站", 40.0528, 116.3062],
  ["北京西站南广场", 39.8918, 116.3219],
];
const NAMES = { wechat: "微信公众号（本机替身）", telegram: "Telegram 机器人（本机替身）" };

const by = (id) => document.getElementById(id);
const talk = by("talk");
const text = by("text");
const seen = { line: 0, note: 0 };

function make(tag, className, words) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (words !== undefined) element.textContent = words;
  return element;
}

function pressable(one) {
  const button = make("button", "", one.title);
  button.type = "button";
  button.addEventListener("click", () => say({ press: one.press }));
  return button;
}

function trouble(words) {
  by("trouble").textContent = words;
  by("trouble").hidden = !words;
}

async function send(path, options) {
  try {
    const answer = await fetch(path, { method: "POST", ...options });
    if (!answer.ok) {
      trouble(answer.status === 413 ? "文件太大了，请选 10 MB 以内的。" : "这个没有发出去，请换一种说法或换一个文件。");
      return false;
    }
  } catch {
    trouble("手机和平台断开了：演示可能已经停止。");
    return false;
  }
  trouble("");
  await refresh();
  return true;
}

function say(body) {
  return send("phone/say", { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

function showLine(line) {
  by("empty")?.remove();
  const item = make("div", `line ${line.from}${line.event ? " event" : ""}`);
  item.dataset.n = line.n;
  item.append(make("span", "unseen", line.from === "citizen" ? "您：" : "对方："));
  const bubble = make("p", "bubble", line.photo ? undefined : line.text);
  if (line.photo && line.photo.startsWith("/")) {
    const picture = make("img");
    picture.src = line.photo;
    picture.alt = line.text;
    picture.addEventListener("load", toEnd);
    bubble.append(picture);
  }
  item.append(bubble);
  if (line.buttons.length) {
    const row = make("div", "buttons");
    row.append(...line.buttons.map(pressable));
    item.append(row);
  }
  const time = new Date(line.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  if (!line.event) item.append(make("p", "meta", line.note ? `${time} · ${line.note}` : time));
  talk.append(item);
}

function showNote(note) {
  const item = make("li", `${note.way}${note.well ? "" : " bad"}`);
  const what = make("div", "what");
  what.append(make("span", "", `${note.way === "in" ? "↓" : "↑"} ${note.title}`));
  what.append(make("span", "", `${note.seconds.toFixed(2)} 秒`));
  item.append(what);
  if (note.detail) item.append(make("p", "", note.detail));
  by("notes").prepend(item);
  while (by("notes").children.length > 300) by("notes").lastChild.remove();
}

function toEnd() {
  talk.scrollTop = talk.scrollHeight;
}

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

let refreshing = Promise.resolve();
function refresh() {
  refreshing = refreshing.then(refreshNow);
  return refreshing;
}

async function refreshNow() {
  try {
    const [{ messages, typing }, { notes }] = await Promise.all([
      get(`phone/messages?after=${seen.line}`),
      get(`phone/wire?after=${seen.note}`).catch(() => ({ notes: [] })),
    ]);
    for (const line of messages) {
      showLine(line);
      seen.line = line.n;
    }
    for (const note of notes) {
      showNote(note);
      seen.note = note.n;
    }
    const changed = by("typing").hidden === typing;
    by("typing").hidden = !typing;
    if (messages.length || changed) toEnd();
    if (document.body.dataset.away) {
      delete document.body.dataset.away;
      trouble("");
      await about();
    }
  } catch {
    document.body.dataset.away = "1";
    trouble("手机和平台断开了：演示可能已经停止。");
  }
}

async function about() {
  const told = await get("phone/about");
  document.documentElement.dataset.platform = told.platform;
  document.title = `${told.title} · 演示手机`;
  by("title").textContent = told.title;
  by("platform").textContent = NAMES[told.platform] ?? told.platform;
  by("menu").replaceChildren(...(told.menu ?? []).map(pressable));
  by("menu").hidden = !(told.menu ?? []).length;
  by("deeds").replaceChildren(...(told.deeds ?? []).map(pressable));
  by("deeds-box").hidden = !(told.deeds ?? []).length;
}

function choosePlace() {
  const [, latitude, longitude] = PLACES[by("place").selectedIndex];
  by("latitude").value = latitude;
  by("longitude").value = longitude;
}

function panel(open) {
  by("panel").hidden = !open;
  by("more").setAttribute("aria-expanded", String(open));
  if (open) by("place").focus();
  toEnd();
}

by("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = text.value;
  if (!words.trim()) return;
  text.value = "";
  text.focus();
  if (!(await say({ text: words })) && !text.value) text.value = words;
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    by("composer").requestSubmit();
  }
});
by("more").addEventListener("click", () => panel(by("panel").hidden));
by("panel").addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    panel(false);
    by("more").focus();
  }
});
by("place").append(...PLACES.map(([name]) => make("option", "", name)));
by("place").addEventListener("change", choosePlace);
by("send-place").addEventListener("click", async () => {
  const [name, latitude, longitude] = PLACES[by("place").selectedIndex];
  const place = { latitude: Number(by("latitude").value), longitude: Number(by("longitude").value) };
  // The name belongs to its own point; another point has none.
  if (place.latitude === latitude && place.longitude === longitude) place.label = name;
  if (await say({ location: place })) {
    panel(false);
    text.focus();
  }
});
for (const kind of ["photo", "voice"]) {
  by(kind).addEventListener("change", async () => {
    const [file] = by(kind).files;
    if (!file) return;
    if (await send(`phone/${kind}`, { headers: { "Content-Type": file.type }, body: file })) {
      panel(false);
      text.focus();
    }
    by(kind).value = "";
  });
}
by("wire-switch").addEventListener("click", () => {
  const open = document.body.classList.toggle("wire-open");
  by("wire-switch").setAttribute("aria-expanded", String(open));
});

choosePlace();
about().catch(() => trouble("手机和平台断开了：演示可能已经停止。"));
refresh();
setInterval(refresh, EVERY);
text.focus();
