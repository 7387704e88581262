/** Numbers as the panel writes them. The panel's words are English, so are its digits. */

const digits = [0, 1, 2].map((most) => new Intl.NumberFormat("en-US", { maximumFractionDigits: most }));

/** What stands where a figure is not known. */
export const unknown = "–";

export function isKnown(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** @param most digits after the point */
export function count(value: number | null | undefined, most: 0 | 1 | 2 = 0): string {
  return isKnown(value) ? (digits[most]?.format(value) ?? unknown) : unknown;
}

/** A number and its unit: `["418", "ms"]`. Three digits as far as they go, and never `1,000 ms`. */
export function durationParts(ms: number | null | undefined): readonly [number: string, unit: string] {
  if (!isKnown(ms)) return [unknown, ""];
  if (ms < 9.95) return [count(ms, 1), "ms"];
  if (ms < 999.5) return [count(ms), "ms"];
  const seconds = ms / 1000;
  if (seconds < 9.995) return [seconds.toFixed(2), "s"];
  return seconds < 119.95 ? [seconds.toFixed(1), "s"] : [count(seconds / 60, 1), "min"];
}

export function duration(ms: number | null | undefined): string {
  return durationParts(ms).join(" ").trim();
}

/** How long ago, or since when: one number is enough. */
export function span(seconds: number): string {
  if (seconds < 89.5) return `${count(seconds)} s`;
  if (seconds < 89.5 * 60) return `${count(seconds / 60)} min`;
  return seconds < 36 * 3600 ? `${count(seconds / 3600)} h` : `${count(seconds / 86_400)} days`;
}

export function percent(ratio: number | null | undefined): string {
  return isKnown(ratio) ? `${count(ratio * 100, ratio < 0.0995 ? 1 : 0)} %` : unknown;
}

export function size(bytes: number | null | undefined): string {
  if (!isKnown(bytes)) return unknown;
  return bytes < 2 ** 30 ? `${count(bytes / 2 ** 20)} MiB` : `${count(bytes / 2 ** 30, 1)} GiB`;
}
