/** Numbers for people. What is unknown is a dash, never a zero. */

const digits = new Intl.NumberFormat("en-US");

export const unknown = "–";

/** @param {number | undefined} figure */
export const count = (figure) => (figure === undefined ? unknown : digits.format(figure));

/** @param {number | undefined} ms */
export function duration(ms) {
  if (ms === undefined) return unknown;
  if (ms < 9.95) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  return seconds < 119.95 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/**
 * Day and time in UTC, as short as a list needs it: `29 Nov 23:41:05`.
 *
 * @param {number} timeMs
 */
export const dayAndTime = (timeMs) =>
  isMoment(timeMs) ? `${day.format(timeMs)} ${isoTime(timeMs).slice(11, 19)}` : unknown;

/** @param {number} timeMs */
export const isoTime = (timeMs) => (isMoment(timeMs) ? new Date(timeMs).toISOString() : unknown);

/**
 * The clock of another process may say anything.
 *
 * @param {number} timeMs
 */
const isMoment = (timeMs) => !Number.isNaN(new Date(timeMs).getTime());
