import { inspect } from "node:util";
import type { Aiwatch, RequestRecord } from "@aiwatch/core";
import type { MetricObjectWithValues, MetricValue } from "prom-client";
import { load } from "./load.ts";
import type { Observed } from "./messages.ts";

/** An instance for one exchange, and what it recorded. */
export interface Observation {
  readonly aiwatch: Aiwatch;
  /** Resolves when `requests` are recorded and none is active, or after a while in which that did not come. */
  result(requests: number): Promise<Observed>;
}

/** A while in which what never comes does not come. */
const whileMs = 400;

export async function observation(): Promise<Observation> {
  const { createTestAiwatch } = await load<typeof import("@aiwatch/core/testing")>("@aiwatch/core/testing");
  const { aiwatch, registry, requests, sample, diagnostics } = createTestAiwatch();
  const kept = {
    get requests() {
      return requests;
    },
  };
  return {
    aiwatch,
    async result(count) {
      const late = performance.now() + whileMs;
      const active = async () => (await sample("genai_app_active_requests")) ?? 0;
      while ((kept.requests.length < count || (await active()) > 0) && performance.now() < late) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      const metrics = (await registry.getMetricsAsJSON()) as MetricObjectWithValues<MetricValue<string>>[];
      const scraped = scrapedIn(metrics);
      const faults = [...diagnostics.map((fault) => inspect(fault)), ...outcomeFaults(metrics, requests)];
      return { counted: kept.requests.map(countedOf), active: await active(), scraped, faults };
    },
  };
}

function countedOf({ status, aborted, failure, route }: RequestRecord) {
  return { status, aborted, route, ...(failure !== undefined && { failure: failure.type }) };
}

function scrapedIn(metrics: readonly MetricObjectWithValues<MetricValue<string>>[]): string[] {
  const total = metrics.find(({ name }) => name === "genai_app_http_requests_total");
  const counted = (total?.values ?? []).filter(({ value }) => value > 0);
  return counted.map(({ labels, value }) => `${labels["endpoint"]} ${labels["status"]}: ${value}`).sort();
}

/** Each of the app's requests became one thing: what it was counted as has to say the same as its record. */
function outcomeFaults(
  metrics: readonly MetricObjectWithValues<MetricValue<string>>[],
  requests: readonly RequestRecord[],
): string[] {
  const ofApp = requests.filter(({ own }) => !own);
  const failed = ofApp.filter(({ failure }) => failure !== undefined).length;
  const left = ofApp.filter(({ aborted }) => aborted).length;
  const { values = [] } = metrics.find(({ name }) => name === "genai_app_request_outcomes_total") ?? {};
  const counted = (as: readonly string[]) =>
    values.filter(({ labels }) => as.includes(String(labels["outcome"]))).reduce((sum, { value }) => sum + value, 0);
  const shown = [counted(["ok", "client_error"]), counted(["left"]), counted(["failed"])].join(", ");
  const right = [ofApp.length - failed - left, left, failed].join(", ");
  return shown === right ? [] : [`answered, left, failed: ${shown} were counted of ${right}`];
}
