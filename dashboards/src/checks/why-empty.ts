import { catalogue } from "@aiwatch/core/catalogue";
import type { LabelMatcher, Selector } from "../promql/selectors.ts";
import type { LoadedRule, Prometheus } from "../servers/prometheus.ts";

/**
 * Why a query has no data.
 *
 * - `job-not-found`: nothing is scraped under the job that was asked for.
 * - `never-scraped`: no app of AIWatch's was ever scraped.
 * - `not-exposed`: apps are scraped, and none has the metric: it comes with its first value, or with a feature that they do not use.
 * - `not-scraped-now`: it had, and its last sample is older than what the panel looks at.
 * - `label-filtered`: the metric is there, and not with the job, the label or the bucket bound that the query wants.
 * - `rules-not-loaded`: it is a series that recording rules make, and Prometheus has not loaded them.
 * - `rule-failing`: it has, and the rule fails.
 * - `query-refused`: Prometheus refuses the query.
 * - `no-traffic`: all is as it should be, and nothing happened that the panel could show.
 */
export type EmptyReason =
  | "job-not-found"
  | "never-scraped"
  | "not-exposed"
  | "not-scraped-now"
  | "label-filtered"
  | "rules-not-loaded"
  | "rule-failing"
  | "query-refused"
  | "no-traffic";

export interface WhyEmpty {
  readonly reason: EmptyReason;
  /** In words, with the names that matter. */
  readonly message: string;
}

/** What is known before single queries are looked at. */
export interface Known {
  readonly prometheus: Prometheus;
  /** The names of all metrics that were ever scraped or recorded. */
  readonly names: ReadonlySet<string>;
  /** Absent where the server has no list of its rules. */
  readonly rules: readonly LoadedRule[] | undefined;
  /** The time that panels look at, in PromQL: `1h`. */
  readonly range: string;
  /** What of its absence the catalogue says of a metric; absent where it says nothing. */
  readonly absence: (metric: string) => string | undefined;
}

/** Every app of AIWatch's has this gauge from its start, traffic or not. */
export const presence: string = catalogue.activeRequests.name;

const inOrder: readonly EmptyReason[] = [
  "rules-not-loaded",
  "rule-failing",
  "never-scraped",
  "not-exposed",
  "label-filtered",
  "not-scraped-now",
  "no-traffic",
];

/** Why an expression that reads `selectors` gives nothing: of several reasons, the one to look at first. */
export async function whyEmpty(selectors: readonly Selector[], known: Known): Promise<WhyEmpty> {
  const found: WhyEmpty[] = [];
  for (const selector of selectors) found.push(await whySelectsNothing(selector, known));
  found.sort((a, b) => inOrder.indexOf(a.reason) - inOrder.indexOf(b.reason));
  return found[0] ?? { reason: "no-traffic", message: "nothing to count" };
}

async function whySelectsNothing(selector: Selector, known: Known): Promise<WhyEmpty> {
  const { prometheus, names, range } = known;
  const { metric } = selector;
  if (metric === "ALERTS") return whyNoAlerts(known);
  if (!names.has(metric)) return metric.includes(":") ? whyNotRecorded(metric, known) : neverScraped(metric, known);
  const recently = (matchers: string) => prometheus.count(`count(last_over_time(${metric}{${matchers}}[${range}]))`);
  const all = selector.matchers.map(({ text }) => text).join(", ");
  if ((await recently(all)) > 0) return whetherNow(selector, all, known);
  if ((await recently("")) === 0) {
    return { reason: "not-scraped-now", message: `${metric} has no sample of the last ${range}: is the app up?` };
  }
  for (const matcher of selector.matchers) {
    if ((await recently(matcher.text)) === 0) return whyFiltered(metric, matcher, prometheus);
  }
  return { reason: "no-traffic", message: `${metric} has no series with ${all} together` };
}

function neverScraped(metric: string, { absence, names }: Known): WhyEmpty {
  if (!names.has(presence))
    return { reason: "never-scraped", message: `${metric} was never scraped, nor was ${presence}` };
  const hint = absence(metric) ?? "It is there from its first value on.";
  return { reason: "not-exposed", message: `no app that is scraped has ${metric}. ${hint}` };
}

/** What has samples of late may have none of now: an instant vector looks back for five minutes. */
async function whetherNow({ metric, range }: Selector, matchers: string, known: Known): Promise<WhyEmpty> {
  const selector = `${metric}{${matchers}}`;
  if (range !== "" || (await known.prometheus.count(`count(${selector})`)) > 0) {
    return { reason: "no-traffic", message: `${metric} is there, and nothing happened that this could show` };
  }
  const age = await known.prometheus.value(`time() - max(max_over_time(timestamp(${selector})[${known.range}:15s]))`);
  const last =
    age === undefined ? "" : `; the last is ${age < 90 ? `${Math.round(age)} s` : `${Math.round(age / 60)} min`} old`;
  return { reason: "not-scraped-now", message: `${metric} has no sample of now${last}: is the app up?` };
}

/** A label that the scrape or the reader decides on is amiss; one that says what happened has had no occasion. */
async function whyFiltered(metric: string, matcher: LabelMatcher, prometheus: Prometheus): Promise<WhyEmpty> {
  const { label, text } = matcher;
  const values = (await prometheus.labelValues(label, metric)).sort();
  const message =
    values.length === 0
      ? `no series of ${metric} has the label ${label}: does a relabelling drop it?`
      : `no series of ${metric} has ${text}; its ${label} is ${listed(values)}`;
  const isAmiss = values.length === 0 || ["job", "instance", "le"].includes(label);
  return { reason: isAmiss ? "label-filtered" : "no-traffic", message };
}

export function listed(values: readonly string[]): string {
  const shown = values.slice(0, 5).map((value) => `"${value}"`);
  return values.length > shown.length
    ? `${shown.join(", ")} and ${values.length - shown.length} more`
    : shown.join(", ");
}

const howToLoad = "give prometheus/rules of this package to Prometheus as `rule_files`";

function whyNotRecorded(metric: string, { rules }: Known): WhyEmpty {
  const loaded = rules?.filter(({ name }) => name === metric) ?? [];
  const failing = loaded.find(({ health }) => health === "err");
  if (failing !== undefined)
    return { reason: "rule-failing", message: `the rule ${metric} fails: ${failing.lastError}` };
  if (loaded.length > 0)
    return { reason: "no-traffic", message: `the rule ${metric} is loaded, and recorded nothing yet` };
  return { reason: "rules-not-loaded", message: `no rule records ${metric}: ${howToLoad}` };
}

function whyNoAlerts({ rules }: Known): WhyEmpty {
  const hasAlerts = rules === undefined || rules.some(({ type }) => type === "alerting");
  if (hasAlerts) return { reason: "no-traffic", message: "no alert is pending or firing" };
  return { reason: "rules-not-loaded", message: `no alert is defined: ${howToLoad}` };
}
