// The part of a record with one's own messages on their way to all, pure.

const FANS = 50;

/**
 * @param {Inspect.Record} record
 * @param {Inspect.Line.Fanout} line
 * @returns {Inspect.Record}
 */
export function withFan(record, { kind: _, ...line }) {
  const later = (/** @type {number | null} */ at) => (at === null ? null : at + record.shift);
  const fan = {
    ...line,
    received: later(line.received),
    checked: later(line.checked),
    committed: later(line.committed),
    told: line.told + record.shift,
    taken: line.taken + record.shift,
    view: record.view,
    ...saidBy(record, line),
  };
  const place = record.fans.findIndex(({ message }) => message === fan.message);
  const fans = [...record.fans];
  if (place >= 0 && fans[place].view === fan.view) fans[place] = fan;
  else {
    if (place >= 0) fans.splice(place, 1);
    fans.push(fan);
  }
  return { ...record, fans: fans.slice(-FANS) };
}

/**
 * The frame by which a message came, and how its text begins; both are kept once they are known.
 * @param {Inspect.Record} record
 * @param {Omit<Inspect.Line.Fanout, "kind">} line
 * @returns {Pick<Inspect.Fan, "event" | "text">}
 */
function saidBy({ entries, fans, view, shift }, { message, received }) {
  const known = fans.find((fan) => fan.message === message && fan.view === view);
  if (known && known.event !== null) return { event: known.event, text: known.text };
  const at = received === null ? NaN : received + shift;
  const event = entries.find((entry) => isMessage(entry) && entry.at === at);
  const text = event?.kind === "frame" ? excerptOf(event.text ?? "") : null;
  return { event: event?.key ?? null, text };
}

/** @param {Inspect.Entry} entry */
function isMessage(entry) {
  return entry.kind === "frame" && entry.packet?.event === "new_message";
}

/**
 * How a message begins; of one of which a part was kept, too.
 * @param {string} text
 */
function excerptOf(text) {
  const [, said = ""] = /"message":"((?:[^"\\]|\\.){0,200})/.exec(text) ?? [];
  try {
    return /** @type {string} */ (JSON.parse(`"${said}"`));
  } catch {
    return said;
  }
}
