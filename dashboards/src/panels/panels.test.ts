import { catalogue } from "@aiwatch/core";
import { describe as describeTests, expect, it } from "vitest";
import { boundVariable } from "../dashboards/variables.ts";
import { grown, now, perSecond, quantile, recent } from "../promql/panel-queries.ts";
import { ofProcess } from "../promql/select.ts";
import { ofTop } from "../promql/top.ts";
import { sumBy, type Vector } from "../promql/vector.ts";
import { timeSeries } from "./charts.ts";
import { courseTile } from "./course.ts";
import { toDashboard, toTraces } from "./links.ts";
import { bars, judgedTile, tile, trendHeight } from "./numbers.ts";
import { describe } from "./panel.ts";
import { colorOverrides } from "./series-colors.ts";
import { labelTable, metricTable } from "./tables.ts";

const { inferences, httpRequests, activeInferences, activeRequests, modelLatency, requestFirstToken } = catalogue;

const spec = { title: "t", description: "d", unit: "suffix:/s", noValue: "none", width: 12 };
const rate = sumBy(perSecond(inferences), "finish_reason", "model");

/** The colour that a series of a name gets, as Grafana finds it: the last override that matches wins. */
function colorOf(name: string, overrides: ReturnType<typeof colorOverrides>) {
  const found = overrides.findLast(({ matcher }) => {
    const [, pattern = ""] = /^\/(.*)\/$/.exec(String(matcher.options)) ?? [];
    return new RegExp(pattern).test(name);
  });
  return found?.properties.find(({ id }) => id === "color")?.value as { mode: string; fixedColor: string } | undefined;
}

describeTests("a series has the colour of its meaning", () => {
  const endings = colorOverrides([{ vector: rate, legend: "{{finish_reason}}" }]);

  it.each([
    ["stop", "green"],
    ["length", "yellow"],
    ["tool_calls", "blue"],
    ["aborted", "#8e8e8e"],
    ["error", "red"],
  ])("%s is %s", (name, color) => {
    expect(colorOf(name, endings)).toEqual({ mode: "fixed", fixedColor: color });
  });

  it("in shades where several series mean the same", () => {
    const overrides = colorOverrides([{ vector: rate, legend: "{{finish_reason}} {{model}}" }]);
    expect(colorOf("error a.b", overrides)).toEqual({ mode: "shades", fixedColor: "red" });
    expect(colorOf("stop error", overrides)?.fixedColor).toBe("green");
  });

  it.each([
    ["/chat 200", "green"],
    ["/chat 404", "yellow"],
    ["/chat 499", "#8e8e8e"],
    ["/chat 503", "red"],
  ])("%s is %s", (name, color) => {
    const vector = sumBy(perSecond(httpRequests), "endpoint", "status");
    expect(colorOf(name, colorOverrides([{ vector, legend: "{{endpoint}} {{status}}" }]))?.fixedColor).toBe(color);
  });

  it("in shades where statuses are of one class", () => {
    const queries = [{ vector: sumBy(perSecond(httpRequests), "status"), legend: "{{status}}" }];
    const modeOf = (status: string) => colorOf(status, colorOverrides(queries))?.mode;
    expect([modeOf("400"), modeOf("404"), modeOf("499")]).toEqual(["shades", "shades", "fixed"]);
  });

  it("by the word that a legend begins with, and else the palette's", () => {
    const queries = ["queue", "prompt evaluation", "decode", "p95 {{model}}", "{{model}}"].map((legend) => ({
      vector: rate,
      legend,
    }));
    const overrides = colorOverrides(queries);
    expect(["queue", "prompt evaluation", "decode"].map((name) => colorOf(name, overrides)?.fixedColor)).toEqual([
      "orange",
      "purple",
      "blue",
    ]);
    // of each process, by its name: in one colour, they could not be told apart
    expect(colorOf("p95 tiny", overrides)).toBeUndefined();
    expect(colorOf("p95", colorOverrides([{ vector: rate, legend: "p95" }]))?.fixedColor).toBe("blue");
    expect(colorOf("tiny", overrides)).toBeUndefined();
  });

  it("only values that the row's label has are named", () => {
    const waits = sumBy(perSecond(catalogue.firstTokenWaits), "outcome");
    expect(colorOverrides([{ vector: waits, legend: "{{outcome}}" }])).toHaveLength(3);
  });
});

describeTests("lines", () => {
  it("are named in a list where the panel is narrow or stacked, else in a table", () => {
    const queries = [{ vector: rate, legend: "{{model}}" }];
    const mode = (more: object) => timeSeries({ ...spec, queries, ...more }).build().options.legend.displayMode;
    expect([mode({ width: 8 }), mode({ stacked: true }), mode({})]).toEqual(["list", "list", "table"]);
    const wide = timeSeries({ ...spec, queries }).build().options.legend;
    expect(wide).toMatchObject({ placement: "right", calcs: ["lastNotNull"], sortBy: "Last *", sortDesc: true });
  });

  it("have colour below them where there is one alone: several would hide each other's", () => {
    const fill = (legend: string) =>
      timeSeries({ ...spec, queries: [{ vector: rate, legend }] }).build().fieldConfig?.defaults.custom.fillOpacity;
    expect([fill("all"), fill("{{model}}")]).toEqual([8, 0]);
  });

  it("that are all zero are on a scale of their unit, not up to 100", () => {
    const end = (unit: string, leastAxis?: number) => {
      const built = timeSeries({ ...spec, unit, queries: [], ...(leastAxis !== undefined && { leastAxis }) }).build();
      return built.fieldConfig?.defaults.custom.axisSoftMax as number;
    };
    expect([end("suffix:/s"), end("none"), end("bytes"), end("percentunit", 0.02)]).toEqual([0.1, 1, undefined, 0.02]);
  });

  it("of shares end at 100 %: a highest line at 100 % would else have an axis up to 120 %", () => {
    const ends = (unit: string) => {
      const { defaults } = timeSeries({ ...spec, unit, queries: [] }).build().fieldConfig ?? {};
      return [defaults?.max, defaults?.custom.axisSoftMax];
    };
    expect([ends("percentunit"), ends("s")]).toEqual([
      [1, undefined],
      [undefined, 0.01],
    ]);
  });

  it("have the colour of their name, so that a model has one on every panel; fixed names have one each", () => {
    const mode = (legend: string) =>
      timeSeries({ ...spec, queries: [{ vector: rate, legend }] }).build().fieldConfig?.defaults.color?.mode;
    expect([mode("{{model}}"), mode("all")]).toEqual(["palette-classic-by-name", "palette-classic"]);
  });

  it("that a query chose of many have a colour for each place: of ten names two would have the same", () => {
    const vector = ofTop(10, now(activeInferences, "instance"), now(activeInferences, "instance"));
    const built = timeSeries({ ...spec, queries: [{ vector, legend: "{{instance}}" }] }).build();
    expect(built.fieldConfig?.defaults.color?.mode).toBe("palette-classic");
  });

  it("beside others of the same names are dashed, and named once", () => {
    const median = { vector: rate, legend: "{{model}}", dashed: true };
    const queries = [{ vector: rate, legend: "{{model}}" }, median];
    const { fieldConfig, targets } = timeSeries({ ...spec, queries, axis: "p95, dashed p50" }).build();
    expect(targets?.map((target) => (target as { legendFormat?: string }).legendFormat)).toEqual([
      "{{model}}",
      "{{model}}",
    ]);
    expect(fieldConfig?.overrides.filter(({ matcher }) => matcher.id === "byFrameRefID")).toEqual([
      {
        matcher: { id: "byFrameRefID", options: "B" },
        properties: [
          { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 6] } },
          { id: "custom.hideFrom", value: { legend: true, tooltip: false, viz: false } },
        ],
      },
    ]);
    expect(fieldConfig?.defaults.custom).toMatchObject({ axisLabel: "p95, dashed p50" });
  });

  it("that ask for what series began with have few steps: each costs much", () => {
    const pointsOf = (vector: Vector) =>
      timeSeries({ ...spec, queries: [{ vector, legend: "all" }] }).build().maxDataPoints;
    expect([pointsOf(sumBy(grown(httpRequests))), pointsOf(rate)]).toEqual([60, undefined]);
  });

  it("show whole tokens", () => {
    const sizes = { ...spec, unit: "locale", queries: [{ vector: rate, legend: "a" }] };
    expect(timeSeries(sizes).build().fieldConfig?.defaults.decimals).toBe(0);
    expect(tile(sizes).build().fieldConfig?.defaults.decimals).toBe(0);
  });
});

it("a line that is always 0 is left out of the legend where there may be many", () => {
  const matchers = (legend: string, unit = spec.unit) =>
    timeSeries({ ...spec, unit, queries: [{ vector: rate, legend }] })
      .build()
      .fieldConfig?.overrides.map(({ matcher }) => matcher);
  const zeros = { id: "byValue", options: { reducer: "allIsZero", op: "gte", value: 0 } };
  expect(matchers("{{model}}")).toContainEqual(zeros);
  expect(matchers("reported")).not.toContainEqual(zeros);
  // a model whose goodput is 0 is the one to look for
  expect(matchers("{{model}}", "percentunit")).not.toContainEqual(zeros);
});

describeTests("a tile", () => {
  const value = recent.quantile(0.95, requestFirstToken, []);

  it("is coloured where it has limits, and draws its course where that is wanted", () => {
    const queries = [{ vector: value, legend: "a" }];
    const limits = { below: "green", steps: [{ from: 1, color: "red" }] };
    expect(tile({ ...spec, queries }).build().options).toMatchObject({ colorMode: "none", graphMode: "none" });
    const built = tile({ ...spec, queries, limits, trend: "window" }).build();
    // below the number: beside it, the course would lie over it
    expect(built.options).toMatchObject({ colorMode: "value", graphMode: "area", wideLayout: false });
    expect(built.targets).toMatchObject([{ range: true, instant: false }]);
  });

  it("with a course of gauges ends in their value of now, and is absent where there is none", () => {
    const vector = { promql: 'sum(a{job="j"} or b{job="j"})', labels: [] };
    const built = courseTile({ title: "t", sentence: "S.", rows: [activeRequests], vector }).build();
    expect(built.targets).toMatchObject([
      {
        expr: 'sum(a{job="j"} or b{job="j"}) and on () sum(a{job="j"} @ end() or b{job="j"} @ end())',
        range: true,
        legendFormat: "now",
      },
    ]);
    // a day has 1,440 minutes; the name stands above the number, which then stands above its course
    expect(built).toMatchObject({ maxDataPoints: 1440, options: { textMode: "value_and_name", wideLayout: false } });
    expect(built.gridPos?.h).toBe(trendHeight);
  });

  it("of several series has a line for each, with a name that can be read", () => {
    const of = (legend: string) => tile({ ...spec, queries: [{ vector: rate, legend }] }).build().options;
    expect(of("{{model}}")).toMatchObject({ orientation: "horizontal", text: { titleSize: 12, valueSize: 20 } });
    expect(of("all")).toMatchObject({ orientation: "auto", text: { valueSize: 28 } });
    const narrow = tile({ ...spec, queries: [{ vector: rate, legend: "all" }], width: 2 }).build().options;
    expect(narrow).toMatchObject({ text: { valueSize: 22 } });
  });

  it("that knows nothing says so, in no limit's colour", () => {
    const limits = { below: "green", steps: [] };
    const built = tile({ ...spec, queries: [{ vector: value, legend: "a" }], limits }).build();
    expect(built.fieldConfig?.defaults.mappings).toMatchObject([
      { type: "special", options: { match: "null+nan", result: { text: "none", color: "text" } } },
    ]);
  });

  it("that is judged has the colour of the side of the limit that it is on", () => {
    const built = judgedTile({ ...spec, value, limit: "$ttft_slo" }).build();
    expect(built.options).toMatchObject({ colorMode: "value", textMode: "value" });
    const overrides = built.fieldConfig?.overrides ?? [];
    expect(colorOf("kept", overrides)?.fixedColor).toBe("green");
    expect(colorOf("missed", overrides)?.fixedColor).toBe("red");
  });
});

it("bars of counts are whole, in groups of three digits; others keep their unit", () => {
  const defaults = (unit: string) =>
    bars({ ...spec, unit, queries: [{ vector: rate, legend: "{{model}}" }] }).build().fieldConfig?.defaults;
  expect(defaults("none")).toMatchObject({ unit: "locale", decimals: 0 });
  expect(defaults("s")).toMatchObject({ unit: "s" });
});

it("a table of labels colours the columns that it is told to, and is sorted", () => {
  const info = { promql: "ALERTS", labels: ["state", "name"] };
  const columns = { state: "State", name: "Name" };
  const colors = { of: ["state"], texts: { firing: "red" } };
  const { fieldConfig, options } = labelTable({ ...spec, info, columns, colors, sortedBy: ["state"] }).build();
  const state = fieldConfig?.overrides.find(({ matcher }) => matcher.options === "State")?.properties ?? [];
  expect(state.map(({ id }) => id)).toEqual(["custom.cellOptions", "color"]);
  expect(fieldConfig?.defaults.mappings).toMatchObject([{ options: { firing: { color: "red" } } }]);
  expect(options.sortBy).toEqual([{ displayName: "State", desc: false }]);
});

describeTests("a table of metrics", () => {
  const metrics = [
    { title: "Active", vector: now(activeInferences, "model"), unit: "none" },
    {
      title: "Failed",
      vector: recent.failedShare("model"),
      unit: "percentunit",
      decimals: 2,
      limits: { below: "green", steps: [{ from: 0.01, color: "red" }] },
    },
  ];
  const table = { title: "Models", description: "d", width: 24, by: { model: "Model" }, noValue: "None", metrics };

  it("has a column for each, with its own unit, and leads on from the first", () => {
    const { targets, transformations, fieldConfig } = metricTable({ ...table, links: [toTraces] }).build();
    expect(targets).toMatchObject([
      { refId: "A", format: "table", instant: true },
      { refId: "B", format: "table", instant: true },
    ]);
    expect(transformations).toMatchObject([
      { id: "merge" },
      { id: "organize", options: { renameByName: { model: "Model", "Value #A": "Active", "Value #B": "Failed" } } },
    ]);
    const set = Object.fromEntries(
      (fieldConfig?.overrides ?? []).map(({ matcher, properties }) => [
        matcher.options,
        properties.map(({ id }) => id),
      ]),
    );
    expect(set).toEqual({
      number: ["noValue"],
      string: ["noValue"],
      Model: ["links"],
      Active: ["unit"],
      Failed: ["unit", "decimals", "thresholds", "color", "custom.cellOptions"],
    });
  });

  it("colours what is to be looked at, and not what is well", () => {
    const overrides = metricTable(table).build().fieldConfig?.overrides ?? [];
    const ofFailed = overrides.find(({ matcher }) => matcher.options === "Failed")?.properties ?? [];
    expect(ofFailed.find(({ id }) => id === "thresholds")?.value).toMatchObject({
      steps: [{ color: "text" }, { value: 0.01, color: "red" }],
    });
  });

  it("joins a bare gauge with the others: its name would keep it apart", () => {
    const bare = { title: "Bare", vector: { promql: 'up{a="b"}', labels: ["model", "job"] }, unit: "none" };
    const { targets } = metricTable({ ...table, metrics: [...metrics, bare] }).build();
    expect(targets?.[2]).toMatchObject({ expr: 'max by (model, job) (up{a="b"})' });
  });

  it("says why it has no lines, and less in a single empty cell", () => {
    const { defaults, overrides } = metricTable(table).build().fieldConfig ?? {};
    expect(defaults?.noValue).toBe("None");
    expect(overrides?.[0]).toEqual({
      matcher: { id: "byType", options: "number" },
      properties: [{ id: "noValue", value: "–" }],
    });
  });

  it("says of a job where it is, where its series do, and refuses a metric that has lost it", () => {
    const bare = { promql: 'up{a="b"}', labels: ofProcess };
    const whole = { title: "Up", vector: bare, unit: "none" };
    const active = { title: "Active", vector: now(activeInferences, ...ofProcess), unit: "none" };
    const processes = { ...table, by: { instance: "Process", job: "Job" }, metrics: [whole, active] };
    const { targets, transformations } = metricTable(processes).build();
    expect(targets?.[0]).toMatchObject({ expr: 'max by (cluster, namespace, job, instance) (up{a="b"})' });
    const { indexByName, renameByName } = (transformations?.at(-1)?.options ?? {}) as Record<string, object>;
    expect(Object.keys(indexByName ?? {}).slice(0, 4)).toEqual(["instance", "job", "cluster", "namespace"]);
    expect(renameByName).toMatchObject({ cluster: "Cluster", namespace: "Namespace" });
    const lost = { title: "Lost", vector: now(activeInferences, "job", "instance"), unit: "none" };
    expect(() => metricTable({ ...processes, metrics: [whole, lost] })).toThrow(/does not keep cluster and namespace/);
  });

  it("refuses a metric without the label that makes the lines", () => {
    const wrong = [...metrics, { title: "Requests", vector: now(activeRequests, "instance"), unit: "none" }];
    expect(() => metricTable({ ...table, metrics: wrong })).toThrow(/^Models: .+active_requests.+ has no label model$/);
  });
});

describeTests("a link from a table", () => {
  it("narrows the labels of its line, and keeps the rest of the scope, and the time", () => {
    const { url } = toDashboard("llm-dashboard", "This model", "model");
    expect(url).toBe(
      `/d/llm-dashboard?${["var-model=$D", "$datasource", "$cluster", "$namespace", "$job", "$instance", "$ttft_slo", "$tpot_slo", "$traces_url", "$T"].join("&")}`
        .replaceAll(/\$([a-z_]+)/g, "$${$1:queryparam}")
        .replace("$D", `\${__data.fields.model}`)
        .replace("$T", `\${__url_time_range}`),
    );
  });
});

describeTests("a choice of bounds", () => {
  const slo = { name: "slo", label: "SLO", description: "d", row: requestFirstToken, values: [1, 2], chosen: 2 };

  it("has a bucket for each value", () => {
    expect(boundVariable(slo).build()).toMatchObject({
      type: "custom",
      query: "1 s : 1, 2 s : 2",
      current: { text: "2 s", value: "2" },
    });
  });

  it("is refused where there is none: nothing can be asked of it", () => {
    expect(() => boundVariable({ ...slo, values: [1, 3] })).toThrow(/no bucket that ends at 3/);
    expect(() => boundVariable({ ...slo, chosen: 1.5 })).toThrow(/no bucket that ends at 1.5/);
  });
});

describeTests("a description", () => {
  it("says what the Model variable does not filter", () => {
    expect(describe("S.", modelLatency)).not.toContain("Model variable");
    expect(describe("S.", activeRequests)).toMatch(/^S\.\n\nThe Model variable does not filter this panel\./);
    expect(describe("S.", modelLatency, activeRequests)).toContain(
      "The Model variable does not filter `genai_app_active_requests`.",
    );
  });
});

it("a quantile's legend cannot name a label that it has lost", () => {
  const queries = [{ vector: quantile(0.5, modelLatency, []), legend: "{{model}}" }];
  expect(() => timeSeries({ ...spec, queries })).toThrow(/has no label model/);
});
