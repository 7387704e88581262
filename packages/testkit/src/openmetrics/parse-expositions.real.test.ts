import { expect, it } from "vitest";
import { describeWithTool } from "../tools/describe-with-tool.ts";
import { parseClassicText, parseExpositions, parseOpenMetricsStrictly } from "./parse-expositions.ts";

const VALID = `# TYPE wait_seconds histogram
# UNIT wait_seconds seconds
# HELP wait_seconds How long.
wait_seconds_bucket{value="x",le="0.1"} 1 # {trace_id="ä"} 0.05 1700000000.5
wait_seconds_bucket{value="x",le="+Inf"} 2
wait_seconds_sum{value="x"} 0.55
wait_seconds_count{value="x"} 2
# TYPE heat gauge
heat{of="sun"} +Inf
heat{of="void"} NaN 1700000000
# EOF
`;

describeWithTool("openmetrics-parser", "parseOpenMetricsStrictly", () => {
  it("gives the families of a valid text", async () => {
    const { families } = await parseOpenMetricsStrictly(VALID);
    const [wait, heat] = families;
    expect(wait).toMatchObject({
      name: "wait_seconds",
      documentation: "How long.",
      type: "histogram",
      unit: "seconds",
      samples: { length: 4 },
    });
    expect(wait!.samples[0]).toEqual({
      name: "wait_seconds_bucket",
      labels: { value: "x", le: "0.1" },
      value: 1,
      exemplar: { labels: { trace_id: "ä" }, value: 0.05, timestamp: 1_700_000_000.5 },
    });
    expect(heat!.samples).toEqual([
      { name: "heat", labels: { of: "sun" }, value: Number.POSITIVE_INFINITY },
      { name: "heat", labels: { of: "void" }, value: Number.NaN, timestamp: 1_700_000_000 },
    ]);
  });

  it.each([
    ["no end", VALID.replace("# EOF\n", ""), "Missing # EOF at end"],
    ["a counter without _total", "# TYPE teas counter\nteas 1\n# EOF\n", "ValueError"],
    ["buckets that shrink", VALID.replace("} 1 # ", "} 3 # "), "ValueError"],
    ["a unit that is not in the name", VALID.replace("UNIT wait_seconds seconds", "UNIT wait_seconds bytes"), "Unit"],
    ["a label twice", '# TYPE a gauge\na{b="1",b="2"} 1\n# EOF\n', "ValueError"],
  ])("rejects %s", async (_, text, message) => {
    await expect(parseOpenMetricsStrictly(text)).rejects.toThrow(message);
  });
});

describeWithTool("openmetrics-parser", "parseExpositions", () => {
  it("judges each of many texts for itself", async () => {
    const texts = Array.from({ length: 100 }, (_, index) => (index % 2 ? VALID : "nonsense"));
    const outcomes = await parseExpositions(texts, "openmetrics");
    expect(outcomes.map(({ ok }) => ok)).toEqual(texts.map((text) => text === VALID));
  });
});

describeWithTool("openmetrics-parser", "parseClassicText", () => {
  it("reads the older format, where OpenMetrics' rules do not hold", async () => {
    const { families } = await parseClassicText("# TYPE teas_total counter\nteas_total 1 1700000000000\n");
    expect(families).toMatchObject([{ type: "counter", samples: [{ name: "teas_total", value: 1 }] }]);
    await expect(parseClassicText("teas{ 1")).rejects.toThrow("not classic: ValueError");
  });
});
