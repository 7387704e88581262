/** What Grafana's steps are rounded to, in seconds. */
const niceSteps = [
  0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200,
  86_400,
];

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of a duration such as `30s`, `>1m` or `1h`; `undefined` where it is none. */
export function secondsOf(duration: string | undefined): number | undefined {
  const [, amount, unit = ""] = /^>?\s*(\d+(?:\.\d+)?)(ms|[smhdw])$/.exec(duration ?? "") ?? [];
  return amount === undefined ? undefined : Number(amount) * (unitSeconds[unit] ?? 1);
}

/** Seconds as PromQL writes them. */
export const durationOf = (seconds: number) => (seconds % 1 === 0 ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`);

/** The step of a range query over so many seconds, drawn with so many points at most, and at least `least` seconds. */
export function stepOf(seconds: number, points: number, least: number): number {
  const raw = seconds / Math.max(points, 1);
  const nice = niceSteps.reduce((best, step) => (Math.abs(step - raw) < Math.abs(best - raw) ? step : best));
  return Math.max(nice, least);
}

/** `$__rate_interval`, as Grafana derives it from the step and the scrape interval. */
export const rateIntervalOf = (step: number, scrape: number) => Math.max(step + scrape, 4 * scrape);
