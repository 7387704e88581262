export interface PrometheusOptions {
  /** `host:port` or `http://host:port` of what is scraped. */
  readonly targets: readonly string[];
  /** @default 200 */
  readonly scrapeIntervalMs?: number;
  /** @default "app" */
  readonly jobName?: string;
  /** @default "/metrics" */
  readonly metricsPath?: string;
  /** Files of recording and alert rules, evaluated as often as targets are scraped. */
  readonly ruleFiles?: readonly string[];
  /** What `--enable-feature` takes, for example "exemplar-storage". */
  readonly features?: readonly string[];
}

/** The configuration file. It is JSON, which Prometheus reads because it is YAML too. */
export function prometheusConfig(options: PrometheusOptions): string {
  const interval = `${options.scrapeIntervalMs ?? 200}ms`;
  return JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: options.ruleFiles ?? [],
    scrape_configs: [
      {
        job_name: options.jobName ?? "app",
        metrics_path: options.metricsPath ?? "/metrics",
        static_configs: [{ targets: options.targets.map((target) => target.replace(/^http:\/\//, "")) }],
      },
    ],
  });
}
