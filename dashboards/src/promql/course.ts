import type { Vector } from "./vector.ts";

/**
 * What gauges are over the visible time, as long as they have a value now: the last value of the course is that of now. Without this, the
 * number of an app that is gone would be what it was when it went.
 */
export function upToNow({ promql, labels }: Vector<never>): Vector<never> {
  const now = promql.replaceAll(/\{[^{}]*\}/g, "$& @ end()");
  return { promql: `${promql} and on () ${now}`, labels };
}
