import { describe, expect, it } from "vitest";
import { dashboardNames, queriesOf, readDashboard } from "../queries.ts";

const drawn = (name: (typeof dashboardNames)[number]) =>
  readDashboard(name).panels.filter(({ type }) => type !== "row");

describe.each(dashboardNames)("%s", (name) => {
  const { uid, schemaVersion, panels } = readDashboard(name);

  it("can be imported by its uid and in a schema that Grafana knows", () => {
    expect(uid).toBe(name);
    expect(schemaVersion).toBeGreaterThanOrEqual(39);
    expect(schemaVersion).toBeLessThanOrEqual(42);
  });

  it("has each panel once, with an id of its own", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  it("fills the grid's lines, nothing over another", () => {
    const taken = new Set<string>();
    for (const {
      title,
      gridPos: { x, y, w, h },
    } of panels) {
      expect(x + w, title).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++)
        for (let line = y; line < y + h; line++) {
          expect(taken.has(`${column} ${line}`), `${title} lies over another panel`).toBe(false);
          taken.add(`${column} ${line}`);
        }
    }
    const height = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
    expect(taken.size).toBe(24 * height);
  });

  it("names each of its metrics in the panel's description, and says why there may be no value", () => {
    for (const { title, description, targets = [], fieldConfig } of drawn(name)) {
      for (const { expr } of targets) {
        for (const [metric] of expr.matchAll(/genai_app_\w+/g))
          expect(description, title).toContain(`\`${metric.replace(/_bucket$/, "")}\``);
      }
      expect(fieldConfig?.defaults.noValue, title).toBeTruthy();
    }
  });
});

/** What the description of the original lists, and the groupings that its dashboards had. */
describe("what was promised is there", () => {
  const has = (name: (typeof dashboardNames)[number], type: string, pattern: RegExp) =>
    expect(
      queriesOf(name).filter(({ panelType, promql }) => panelType === type && pattern.test(promql)),
      `${type} ${pattern}`,
    ).not.toEqual([]);

  it.each([0.5, 0.95])("quantile %d of latency, first token and prompt evaluation by model", (q) => {
    const of = (metric: string) =>
      new RegExp(`^histogram_quantile\\(${q}, sum by \\(le, model\\) \\(rate\\(${metric}\\{`);
    has("llm-dashboard", "timeseries", of("genai_app_model_latency_seconds_bucket"));
    has("llm-dashboard", "timeseries", of("genai_app_first_token_latency_seconds_bucket"));
    has("llamacpp-dashboard", "timeseries", of("genai_app_llamacpp_prompt_eval_seconds_bucket"));
  });

  it.each([
    ["llm-dashboard", "timeseries", /model_latency_seconds_bucket\{[^}]*operation="inference"/],
    ["llm-dashboard", "timeseries", /^sum by \(direction, model\) \(rate\(genai_app_chat_tokens_total/],
    ["llm-dashboard", "timeseries", /^sum by \(endpoint, status\) \(rate\(genai_app_http_requests_total/],
    ["llm-dashboard", "bargauge", /^sum by \(endpoint, status\) \(increase\(genai_app_http_requests_total/],
    ["llm-dashboard", "timeseries", /^sum by \(type, operation\) \(rate\(genai_app_errors_total/],
    ["llm-dashboard", "bargauge", /^sum by \(type, operation\) \(increase\(genai_app_errors_total/],
    ["llm-dashboard", "gauge", /genai_app_active_requests/],
    ["llm-dashboard", "stat", /genai_app_model_memory_bytes/],
    ["llm-dashboard", "timeseries", /^sum by \(finish_reason\) \(rate\(genai_app_inferences_total/],
    ["llm-dashboard", "timeseries", /genai_app_cached_prompt_tokens_total/],
    ["llm-dashboard", "timeseries", /genai_app_telemetry_errors_total/],
    ["llamacpp-dashboard", "gauge", /genai_app_llamacpp_tokens_per_second/],
    ["llamacpp-dashboard", "timeseries", /genai_app_llamacpp_tokens_per_second/],
    ["llamacpp-dashboard", "stat", /genai_app_llamacpp_memory_per_token_bytes/],
    ["llamacpp-dashboard", "stat", /genai_app_llamacpp_context_size/],
    ["llamacpp-dashboard", "timeseries", /genai_app_llamacpp_threads_used/],
    ["llamacpp-dashboard", "stat", /genai_app_llamacpp_batch_size/],
    ["llamacpp-dashboard", "timeseries", /^sum by \(direction, model\) \(rate\(genai_app_chat_tokens_total/],
  ] as const)("%s %s %s", has);
});
