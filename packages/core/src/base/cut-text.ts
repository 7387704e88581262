/** The beginning of what came from outside, as text that UTF-8 can write: at most `limit` characters, and never half of one. */
export function cutText(value: unknown, limit: number): string {
  const text = String(value);
  const kept = text.length <= limit ? text : text.slice(0, limit).replace(/[\ud800-\udbff]$/, "");
  return kept.toWellFormed();
}
