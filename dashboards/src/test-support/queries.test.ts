import { describe, expect, it } from "vitest";
import { dashboardNames, queriesOf } from "./queries.ts";
import { substitute } from "./substitute.ts";

describe("substitute", () => {
  it("puts any value where nothing is chosen, and its defaults for the times", () => {
    expect(substitute('a{job=~"$job", model=~"$model"}[$__rate_interval]', {})).toBe('a{job=~".+", model=~".+"}[1m]');
    expect(substitute("a[$__range] b[$__interval]", {})).toBe("a[1h] b[15s]");
    expect(
      substitute("a[$__range] b[$__interval] c[$__rate_interval]", { range: "6h", interval: "1s", rateInterval: "4s" }),
    ).toBe("a[6h] b[1s] c[4s]");
  });

  it("escapes a choice for the regular expression and the string around it", () => {
    expect(substitute('a{instance=~"$instance"}', { instance: "127.0.0.1:8080" })).toBe(
      String.raw`a{instance=~"127\\.0\\.0\\.1:8080"}`,
    );
  });

  it("makes several choices one alternative", () => {
    expect(substitute(`a{model=~"\${model}"}`, { model: ["tiny", "qwen3.5"] })).toBe(
      String.raw`a{model=~"(tiny|qwen3\\.5)"}`,
    );
    expect(substitute('a{model=~"$model"}', { model: ["tiny"] })).toBe('a{model=~"tiny"}');
  });

  it("leaves no variable behind", () => {
    expect(() => substitute("rate(a[$__auto])", {})).toThrow("no value for $__auto");
  });
});

describe.each(dashboardNames)("queriesOf %s", (name) => {
  it("has every query, with nothing left to replace", () => {
    const queries = queriesOf(name, { job: "genai-app", instance: "localhost:8080", model: ["a", "b"] });
    expect(queries.length).toBeGreaterThan(15);
    for (const { promql } of queries) expect(promql).not.toMatch(/\$[A-Za-z_{]/);
  });
});
