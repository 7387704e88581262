import { createHash } from "node:crypto";

/** What a metric's label says of a text: the whole of it up to 256 characters, else its beginning and a digest of the whole. */
export function labelOf(text: string): string {
  const whole = text.toWellFormed();
  if (whole.length <= 256) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  const beginning = whole.slice(0, 247);
  return `${beginning.isWellFormed() ? beginning : beginning.slice(0, -1)}~${digest}`;
}
