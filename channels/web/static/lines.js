// The lines on the page: what the server knows in the server's order, then what it has not confirmed yet. Pure.

const GAP = 5 * 60 * 1000;

/** One line as the page keeps it, from the server's form. */
export function fromServer(line) {
  return {
    key: line.key,
    from: line.from,
    text: line.text,
    buttons: line.buttons || [],
    data: line.data || {},
    at: Date.parse(line.at),
    answers: line.from === "bot" ? line.message_id || null : null,
    state: "sent",
  };
}

/** The replies a posted message brought back, under the keys that history and stream use for them. */
export function fromReplies(message, { messages, keys }, at) {
  return messages.map((reply, index) => ({
    key: keys[index],
    from: "bot",
    text: reply.text,
    buttons: reply.buttons || [],
    data: reply.data || {},
    at,
    answers: message.key,
    state: "sent",
  }));
}

/** Lines with `added` put in once each: a reply goes behind what it answers, everything else to the end. */
export function merge(lines, added) {
  const result = lines.slice();
  for (const line of added) {
    if (result.some((known) => known.key === line.key)) continue;
    let place = result.length;
    if (line.answers !== null) {
      for (let index = result.length - 1; index >= 0; index -= 1) {
        if (result[index].key === line.answers || result[index].answers === line.answers) {
          place = index + 1;
          break;
        }
      }
    }
    result.splice(place, 0, line);
  }
  return result;
}

/** The server's history, followed by the page's own lines that the server has not got (yet). */
export function rebase(history, lines) {
  const known = new Set(history.map((line) => line.key));
  return history.concat(lines.filter((line) => !known.has(line.key)));
}

/** Change one line. */
export function change(lines, key, changes) {
  return lines.map((line) => (line.key === key ? { ...line, ...changes } : line));
}

/** Whether a clerk said it: it arrives like the bot's lines and is marked in its data. */
export function isClerk(line) {
  return line.from === "bot" && line.data.from === "clerk";
}

/** Which messages are still without any reply; the bot gives none while a clerk speaks, who answers in their own time. */
export function unanswered(lines) {
  const answered = new Set(lines.map((line) => line.answers));
  const heard = lines.map(isClerk).lastIndexOf(true);
  let withClerk = false;
  return lines.filter((line, index) => {
    if (line.from === "bot") withClerk = isClerk(line);
    const left = line.state === "sent" && (withClerk || index < heard);
    return line.from === "citizen" && line.state !== "refused" && !answered.has(line.key) && !left;
  });
}

/** The choices to offer: those of the last line, when it is the bot's. */
export function choices(lines) {
  const last = lines[lines.length - 1];
  return last && last.from === "bot" ? last.buttons : [];
}

/** Whether to show the time above a line. */
export function showsTime(line, before) {
  return !before || line.at - before.at > GAP;
}
