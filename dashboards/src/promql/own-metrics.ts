import { chosen } from "./panel-queries.ts";
import { inBraces, scraped, within } from "./select.ts";
import type { Vector } from "./vector.ts";

/** What the reader chose of the app's own metrics, by the last part of its name. */
const named = (variable: string) => inBraces(Object.entries({ __name__: `$${variable}`, ...within(chosen, scraped) }));

const byOwnLabels = "without (job, instance)";

/** A series without labels would be called by its whole query: it is called by its metric. */
const withName = (promql: string, variable: string) => `label_replace(${promql}, "metric", "$${variable}", "", "")`;

/** The metrics of the app's own: AIWatch knows neither their names nor their labels. */
export const ownMetrics = {
  counter: (count: number): Vector => ({
    promql: `topk(${count}, ${withName(`sum ${byOwnLabels} (rate(${named("app_counter")}[$__rate_interval]))`, "app_counter")})`,
    labels: [],
  }),
  gauge: (count: number): Vector => ({
    promql: `topk(${count}, ${withName(`sum ${byOwnLabels} (${named("app_gauge")})`, "app_gauge")})`,
    labels: [],
  }),
  quantile: (q: number): Vector => ({
    promql: `histogram_quantile(${q}, sum by (le) (rate(${named("app_histogram")}[$__rate_interval]))) >= 0`,
    labels: [],
  }),
};

const scope = inBraces(Object.entries(within(chosen, scraped))).slice(1, -1);
const notOurs = `${scope}, __name__!~"(genai_app|process|nodejs|scrape|aiwatch)_.+"`;

/** The names among which the reader chooses. */
export const ownNames = {
  app_counter: `label_values({__name__=~".+_total", ${notOurs}}, __name__)`,
  app_gauge: `label_values({__name__!~".+_(total|bucket|sum|count|created|info)|up|ALERTS.*|.*:.*", ${notOurs}}, __name__)`,
  app_histogram: `label_values({__name__=~".+_bucket", ${notOurs}}, __name__)`,
} as const;
