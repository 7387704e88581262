import { describe, expect, it } from "vitest";
import { hexColor } from "./colors.ts";
import { persesDashboard } from "./dashboard.ts";
import type { SourceDashboard, SourcePanel } from "./source.ts";
import { persesVariable } from "./variables.ts";

const target = (expr: string, legendFormat = "") =>
  ({ refId: "A", expr, legendFormat, datasource: { type: "prometheus", uid: `\${datasource}` } }) as const;

function panel(type: string, more: Partial<SourcePanel> = {}): SourcePanel {
  const fieldConfig = { defaults: {}, overrides: [] };
  const gridPos = { x: 0, y: 7, w: 6, h: 4 };
  return {
    id: 1,
    type,
    title: "Some",
    description: "Says what.",
    targets: [target("up")],
    gridPos,
    fieldConfig,
    ...more,
  };
}

const dashboard = (...panels: SourcePanel[]): SourceDashboard => ({
  uid: "some",
  title: "Some",
  editable: false,
  schemaVersion: 39,
  tags: [],
  time: { from: "now-6h" },
  refresh: "1m",
  templating: { list: [] },
  annotations: { list: [] },
  panels,
});

interface Rendered {
  readonly spec: {
    readonly panels: { readonly "panel-1": { readonly spec: Readonly<Record<string, unknown>> } };
    readonly layouts: readonly object[];
  };
}

interface Query {
  readonly spec: { readonly plugin: { readonly spec: { readonly minStep?: string } } };
}

const rendered = (...panels: SourcePanel[]) => persesDashboard(dashboard(...panels)) as Rendered;
const drawn = (type: string, more: Partial<SourcePanel> = {}) =>
  rendered(panel(type, more)).spec.panels["panel-1"].spec;

describe("persesDashboard", () => {
  it("keeps the time and how often it is asked", () => {
    expect(persesDashboard(dashboard(panel("stat")))).toMatchObject({
      spec: { duration: "6h", refreshInterval: "1m" },
    });
  });

  it("gives panels before the first row no title, and each row its own top", () => {
    const row = panel("row", { id: 2, title: "Below", collapsed: true, panels: [panel("stat", { id: 3 })] });
    expect(rendered(panel("stat"), row).spec.layouts).toEqual([
      {
        kind: "Grid",
        spec: { items: [{ x: 0, y: 0, width: 6, height: 4, content: { $ref: "#/spec/panels/panel-1" } }] },
      },
      {
        kind: "Grid",
        spec: {
          display: { title: "Below", collapse: { open: false } },
          items: [{ x: 0, y: 0, width: 6, height: 4, content: { $ref: "#/spec/panels/panel-3" } }],
        },
      },
    ]);
  });

  it("refuses a panel that Perses is not known to have", () => {
    expect(() => drawn("piechart")).toThrow(/Some: no panel of Perses is known for "piechart"/);
  });

  it("says what a heatmap became, before what it shows", () => {
    expect(drawn("heatmap")).toMatchObject({
      plugin: { kind: "TimeSeriesChart" },
      display: { description: expect.stringMatching(/^Perses draws no heatmap .*\n\nSays what\.$/s) },
    });
  });

  it("keeps a least step only where no $__rate_interval would follow it", () => {
    const targets = [target("up"), target("rate(x[$__rate_interval])")];
    const { queries } = drawn("timeseries", { interval: "30s", targets });
    const steps = (queries as Query[]).map(({ spec }) => spec.plugin.spec.minStep);
    expect(steps).toEqual(["30s", undefined]);
  });

  it("keeps the way to traces, and no address of Grafana's", () => {
    const links = [
      { title: "Traces", url: `\${traces_url:raw}/search?start=\${__from}000` },
      { title: "Board", url: `/d/llm-dashboard?\${model:queryparam}` },
    ];
    const { links: kept } = drawn("timeseries", { fieldConfig: { defaults: { links }, overrides: [] } });
    expect(kept).toMatchObject([{ name: "Traces", url: `\${traces_url}/search?start=\${__from}000` }]);
  });
});

describe("lines", () => {
  const override = (pattern: string, ...properties: { id: string; value: unknown }[]) => ({
    matcher: { id: "byRegexp", options: pattern },
    properties,
  });
  const blue = { id: "color", value: { mode: "fixed", fixedColor: "blue" } };
  const dashed = { id: "custom.lineStyle", value: { fill: "dash" } };
  const settings = (legend: string, ...overrides: ReturnType<typeof override>[]) => {
    const { plugin } = drawn("timeseries", {
      targets: [target("x", legend)],
      fieldConfig: { defaults: {}, overrides },
    });
    return (plugin as { spec: { querySettings?: unknown } }).spec.querySettings;
  };

  it("keep a colour that all series of a query have", () => {
    expect(settings("p95 {{model}}", override("/^p95 .*$/", blue, dashed))).toEqual([
      { queryIndex: 0, colorMode: "fixed-single", colorValue: "#5794F2", lineStyle: "dashed" },
    ]);
  });

  it("keep the dashes of a query beside another, and what is written along the axis", () => {
    const beside = { matcher: { id: "byFrameRefID", options: "A" }, properties: [dashed] };
    expect(settings("{{model}}", beside)).toEqual([{ queryIndex: 0, lineStyle: "dashed" }]);
    const custom = { axisLabel: "p95, dashed p50" };
    const { plugin } = drawn("timeseries", { fieldConfig: { defaults: { custom }, overrides: [] } });
    expect(plugin).toMatchObject({ spec: { yAxis: { label: "p95, dashed p50" } } });
  });

  it("leave out one that only a value of a label has", () => {
    expect(settings("{{state}}", override("/^active$/", blue))).toBeUndefined();
  });
});

describe("tables", () => {
  const organize = (excludeByName: object, indexByName: object, renameByName: object) =>
    ({ id: "organize", options: { excludeByName, indexByName, renameByName } }) as never;
  const limits = {
    steps: [
      { value: null, color: "text" },
      { value: 1, color: "yellow" },
      { value: 2, color: "red" },
    ],
  };

  it("bring the answers together by the labels of the lines, and colour from the highest limit down", () => {
    const { plugin } = drawn("table", {
      targets: [target("a"), target("b")],
      transformations: [
        organize({ Time: true }, { model: 0, "Value #B": 2, "Value #A": 1 }, { model: "Model", "Value #A": "One" }),
      ],
      options: { sortBy: [{ displayName: "One", desc: true }] },
      fieldConfig: {
        defaults: {},
        overrides: [
          {
            matcher: { id: "byName", options: "One" },
            properties: [
              { id: "unit", value: "s" },
              { id: "thresholds", value: limits },
            ],
          },
        ],
      },
    });
    expect(plugin).toMatchObject({
      spec: {
        columnSettings: [
          { name: "model", header: "Model" },
          {
            name: "value #1",
            header: "One",
            sort: "desc",
            format: { unit: "seconds" },
            cellSettings: [
              { condition: { kind: "Range", spec: { min: 2 } }, textColor: "#F2495C" },
              { condition: { kind: "Range", spec: { min: 1 } }, textColor: "#FADE2A" },
            ],
          },
          { name: "value #2" },
          { name: "timestamp", hide: true },
        ],
        transforms: [
          { kind: "MergeIndexedColumns", spec: { column: "model" } },
          { kind: "JoinByColumnValue", spec: { columns: ["model"] } },
        ],
      },
    });
  });

  it("have no column of a label that series may lack: it would be empty", () => {
    const columns = { indexByName: { job: 0, cluster: 1, namespace: 2, "Value #A": 3 }, renameByName: { job: "Job" } };
    const { plugin } = drawn("table", { transformations: [{ id: "organize", options: columns }] });
    const { columnSettings } = (plugin as { spec: { columnSettings: { name: string }[] } }).spec;
    expect(columnSettings.map(({ name }) => name)).toEqual(["job", "value #1"]);
  });

  it("show labels in the place of the values of their query", () => {
    const { plugin } = drawn("table", {
      targets: [target("a"), target("b")],
      transformations: [
        organize(
          { Time: true },
          { job: 0, "Value #A": 1, "Value #B": 2 },
          { job: "Job", "Value #A": "Up", "Value #B": "Build" },
        ),
        organize({ Build: true }, { Job: 0, version: 1, Up: 2 }, { version: "AIWatch" }),
      ],
    });
    expect(plugin).toMatchObject({
      spec: {
        columnSettings: [
          { name: "job", header: "Job" },
          { name: "version #2", header: "AIWatch" },
          { name: "value #1", header: "Up" },
          { name: "timestamp", hide: true },
          { name: "value #2", hide: true },
        ],
      },
    });
  });
});

describe("hexColor", () => {
  it.each([
    ["green", "#73BF69"],
    ["semi-dark-red", "#E02F44"],
    ["super-light-blue", "#C0D8FF"],
    ["#8e8e8e", "#8e8e8e"],
    ["text", undefined],
  ])("knows %s", (name, hex) => {
    expect(hexColor(name)).toBe(hex);
  });

  it.each(["pink", "very-light-blue"])("refuses %s", (name) => {
    expect(() => hexColor(name)).toThrow(`no hexadecimal colour is known for "${name}"`);
  });
});

describe("persesVariable", () => {
  const variable = { name: "some", label: "Some", multi: false, includeAll: false } as const;

  it("refuses what it cannot read, and a type that Perses is not known to have", () => {
    expect(() => persesVariable({ ...variable, type: "query", query: "metrics(x)" })).toThrow(
      /no label can be read from/,
    );
    expect(() => persesVariable({ ...variable, type: "interval", query: "" })).toThrow(
      /nothing of Perses is known for/,
    );
  });

  it("asks for a label of series, which may have braces and commas", () => {
    const [rendered] = persesVariable({ ...variable, type: "query", query: 'label_values(x{a="b", c="d"}, e)' });
    expect(rendered).toMatchObject({ spec: { plugin: { spec: { labelName: "e", matchers: ['x{a="b", c="d"}'] } } } });
  });
});
