/** Numbers for people. What is unknown is a dash, never a zero. */

const unknown = "–";
const whole = new Intl.NumberFormat("en");

/** @typedef {number | null | undefined} Figure */

/**
 * @param {Figure} figure
 * @param {(known: number) => string} format
 */
const shown = (figure, format) => (typeof figure === "number" && Number.isFinite(figure) ? format(figure) : unknown);

/** @param {Figure} figure */
export const count = (figure) => shown(figure, (known) => whole.format(known));

/** @param {Figure} ms */
export const duration = (ms) =>
  shown(ms, (known) => {
    if (known >= 10_000) return `${(known / 1000).toFixed(1)} s`;
    if (known >= 1000) return `${(known / 1000).toFixed(2)} s`;
    if (known >= 10) return `${Math.round(known)} ms`;
    return `${known.toFixed(known >= 1 ? 1 : 2)} ms`;
  });

/** @param {Figure} ratio */
export const percent = (ratio) =>
  shown(ratio, (known) => `${(known * 100).toFixed(known > 0 && known < 0.1 ? 1 : 0)} %`);

/** @param {Figure} figure */
export const rate = (figure) =>
  shown(figure, (known) => `${known >= 100 ? whole.format(Math.round(known)) : known.toFixed(1)}/s`);

/** @param {Figure} bytes */
export const size = (bytes) =>
  shown(bytes, (known) => {
    if (known >= 2 ** 30) return `${(known / 2 ** 30).toFixed(1)} GiB`;
    if (known >= 2 ** 20) return `${(known / 2 ** 20).toFixed(1)} MiB`;
    return known >= 2 ** 10 ? `${(known / 2 ** 10).toFixed(1)} KiB` : `${known} B`;
  });
