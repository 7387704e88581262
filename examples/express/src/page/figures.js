/** Numbers for people, rounded as the panel rounds them. */

const digits = [0, 1].map((most) => new Intl.NumberFormat("en-US", { maximumFractionDigits: most }));

/**
 * @param {number} value
 * @param {0 | 1} [most] digits after the point
 */
export const count = (value, most = 0) => digits[most]?.format(value) ?? "";

/**
 * The same for the ear.
 *
 * @param {number} ms
 */
export const spokenDuration = (ms) =>
  duration(ms).replace(/ ms$/, " milliseconds").replace(/ s$/, " seconds").replace(/ min$/, " minutes");

/** @param {number} ms */
export function duration(ms) {
  if (ms < 9.95) return `${count(ms, 1)} ms`;
  if (ms < 999.5) return `${count(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  return seconds < 119.95 ? `${seconds.toFixed(1)} s` : `${count(seconds / 60, 1)} min`;
}
