import { describe, expect, it } from "vitest";
import { parsePromql } from "./selectors.ts";

describe("parsePromql", () => {
  it("finds each selector with its call and its range", () => {
    const promql = 'sum by (le) (rate(a_bucket{job=~"x|", le!="1"}[5m])) / on () group_left () (up == 0) or vector(0)';
    expect(parsePromql(promql)).toEqual({
      selectors: [
        {
          metric: "a_bucket",
          call: "rate",
          range: "5m",
          matchers: [
            { label: "job", operator: "=~", value: "x|", text: 'job=~"x|"' },
            { label: "le", operator: "!=", value: "1", text: 'le!="1"' },
          ],
        },
        { metric: "up", call: "", range: "", matchers: [] },
      ],
    });
  });

  it.each([
    ["increase(a[1h] @ end())", "increase", "1h"],
    ["rate(a[5m] offset 1h)", "rate", "5m"],
    ["max_over_time(a[1h:1m])", "", ""],
    ["max_over_time(rate(a[5m])[1h:1m])", "rate", "5m"],
    ["timestamp(a)", "timestamp", ""],
    ["rate((a[5m]))", "", "5m"],
    ["-a", "", ""],
  ])("%s", (promql, call, range) => {
    expect(parsePromql(promql)).toEqual({ selectors: [{ metric: "a", call, range, matchers: [] }] });
  });

  it("reads the names that rules record, and a string's escapes", () => {
    const [selector] = parsePromql(String.raw`aiwatch:slo_burn:ratio1h{le=~"2(\\.0)?", b='c'}`).selectors;
    expect(selector).toMatchObject({ metric: "aiwatch:slo_burn:ratio1h" });
    expect(selector?.matchers.map(({ value }) => value)).toEqual([String.raw`2(\.0)?`, "c"]);
  });

  it.each([
    ["rate(sum(", "the end"],
    ["a{b=}", '"}"'],
    ["", "the end"],
    ["sum(a) bytes", '"bytes"'],
  ])("%s is wrong at %s", (promql, fault) => {
    expect(parsePromql(promql).fault).toBe(fault);
  });
});
