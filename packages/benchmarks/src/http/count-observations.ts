interface HistogramLike {
  get(): Promise<{ readonly values: readonly { readonly metricName?: string; readonly value: number }[] }>;
}

/** How many values a histogram of prom-client, or of its like, was told. */
export async function countObservations(metric: unknown): Promise<number> {
  const { values } = await (metric as HistogramLike).get();
  return values.reduce((sum, { metricName, value }) => (metricName?.endsWith("_count") ? sum + value : sum), 0);
}
