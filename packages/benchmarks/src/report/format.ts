import type { Estimate } from "../measure/statistics.ts";

/** A figure with as many decimals as are given, and its interval. */
export function estimateTexts({ value, low, high }: Estimate, decimals: number): [value: string, interval: string] {
  return [value.toFixed(decimals), `${low.toFixed(decimals)} … ${high.toFixed(decimals)}`];
}
