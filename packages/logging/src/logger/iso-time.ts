/** pino's `isoTime`, which costs 3 µs a line: here the text of a second is made once. */
let second = Number.NaN;
let text = "";

export function isoTime(): string {
  const now = Date.now();
  const millis = now % 1000;
  if (now - millis !== second) {
    second = now - millis;
    text = `,"time":"${new Date(second).toISOString().slice(0, 20)}`;
  }
  return `${text}${millis < 10 ? "00" : millis < 100 ? "0" : ""}${millis}Z"`;
}
