import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithTool } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeBlocks } from "../history/blocks.ts";
import { timeSeries } from "../panels/charts.ts";
import { answered, marksOf, type Question } from "./answers.ts";
import { type Board, type BoardPanel, type BoardTarget, laidOut } from "./board.ts";
import { type Painted, painter } from "./drawing.ts";
import { httpApi } from "./http-api.ts";
import { bundlePage } from "./page-bundle.ts";
import { type PicturePrometheus, servePrometheus } from "./prometheus.ts";
import { firstValues } from "./variables.ts";

interface Drawn extends Omit<BoardPanel, "gridPos"> {
  readonly fieldConfig?: object;
  readonly options?: object;
  readonly transformations?: readonly object[];
}

/** Lines of some models, twice, as percentiles have them. */
function byName(title: string, models: string): Drawn {
  const { fieldConfig, targets } = timeSeries({
    title,
    description: "Lines.",
    unit: "none",
    noValue: "None",
    width: 12,
    queries: [false, true].map((dashed) => ({
      vector: {
        promql: `sum by (model) (genai_app_active_inferences{model=~"${models}"}) + ${dashed ? 1 : 0}`,
        labels: ["model"],
      },
      legend: "{{model}}",
      dashed,
    })),
  }).build();
  return {
    type: "timeseries",
    title,
    targets: (targets ?? []) as unknown as readonly BoardTarget[],
    ...(fieldConfig !== undefined && { fieldConfig }),
  };
}

/** One panel of each kind, two in a row of the grid. */
const panels: readonly Drawn[] = [
  {
    type: "timeseries",
    title: "Lines",
    targets: [
      {
        refId: "A",
        expr: 'sum by (model) (genai_app_active_inferences{model=~"$model"})',
        legendFormat: "at {{model}}",
      },
    ],
    options: { legend: { displayMode: "table", calcs: ["max"] } },
  },
  {
    type: "stat",
    title: "Number",
    targets: [{ refId: "A", expr: "max(genai_app_llamacpp_context_size) / 16384", instant: true }],
    fieldConfig: { defaults: { unit: "percentunit", decimals: 1 } },
  },
  {
    type: "stat",
    title: "Nothing",
    targets: [{ refId: "A", expr: "genai_app_nothing", instant: true }],
    fieldConfig: { defaults: { noValue: "Not here" } },
  },
  {
    type: "bargauge",
    title: "Bars",
    targets: [
      { refId: "A", expr: "sum by (model) (genai_app_model_memory_bytes)", legendFormat: "{{model}}", instant: true },
    ],
    fieldConfig: { defaults: { unit: "bytes" } },
    options: { orientation: "horizontal", displayMode: "basic" },
  },
  {
    type: "gauge",
    title: "Dial",
    targets: [{ refId: "A", expr: "vector(42)", legendFormat: "of 100", instant: true }],
  },
  {
    type: "table",
    title: "Table",
    targets: [{ refId: "A", expr: "genai_app_llamacpp_context_size", format: "table", instant: true }],
    transformations: [
      {
        id: "organize",
        options: { excludeByName: { Time: true, job: true, __name__: true }, renameByName: { Value: "Tokens" } },
      },
    ],
    fieldConfig: {
      defaults: {},
      overrides: [{ matcher: { id: "byName", options: "Tokens" }, properties: [{ id: "unit", value: "suffix: tok" }] }],
    },
  },
  {
    type: "heatmap",
    title: "Heat",
    targets: [
      {
        refId: "A",
        expr: "sum by (le) (increase(genai_app_prompt_tokens_bucket[$__rate_interval]))",
        format: "heatmap",
      },
    ],
  },
  {
    type: "table",
    title: "Wide table",
    targets: [{ refId: "A", expr: "genai_app_llamacpp_context_size", format: "table", instant: true }],
  },
  byName("All", "qwen3-8b-instruct|gemma-3-4b-it|mistral-small-24b"),
  byName("Some", "gemma-3-4b-it|mistral-small-24b"),
  { type: "text", title: "Text", options: { mode: "markdown", content: "**bold** words" } },
  { type: "alertlist", title: "Alerts" },
  { type: "piechart", title: "Pie" },
];

const board: Board = {
  uid: "every-kind",
  title: "Every kind",
  templating: { list: [{ name: "model", type: "query", includeAll: true }] },
  panels: panels.map((panel, index) => ({
    ...panel,
    gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
  })),
};

describeWithTool(["prometheus", "chromium"], "a picture of a board", () => {
  const to = Math.floor(Date.now() / 60_000) * 60;
  const span = { from: to - 1800, to };
  let folder: string;
  let prometheus: PicturePrometheus;
  let painted: Painted;
  let png: Buffer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aiwatch-picture-test-"));
    const data = join(folder, "data");
    await makeBlocks({ processes: 3, models: 3, from: to - 3600, to, step: 60 }, data);
    prometheus = await servePrometheus({ scrape: 60, data, rules: [] });
    const api = httpApi(prometheus.url);
    const values = await firstValues(board.templating?.list ?? [], api.labelValues);
    const alerts = [
      {
        name: "TooSlow",
        query: "1",
        state: "firing",
        alerts: [{ labels: { slo: "ttft" }, annotations: {}, state: "firing", activeAt: "" }],
      },
    ] as const;
    const question: Question = { api, values, span, scrape: 60, width: 1000, alerts };
    const answers = await answered(laidOut(board, { collapsed: false }), question);
    const marks = await marksOf(board, question);
    const paints = await painter(await bundlePage(join(folder, "page"), () => undefined), join(folder, "page"));
    const file = join(folder, "board.png");
    painted = await paints.paint(
      { title: board.title, width: 1000, theme: "dark", span, variables: [], links: [], panels: answers, marks },
      file,
    );
    await paints.close();
    png = await readFile(file);
  });
  afterAll(async () => {
    await prometheus?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const textOf = (title: string) => painted.panels.find((panel) => panel.title === title)?.text;

  it("is as wide as the window, and as high as the board", () => {
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1000, 7 * 8 * 38 - 8 + 44 + 32]);
  });

  it("has every panel, without an error of the page", () => {
    expect(painted.complaints).toEqual([]);
    expect(painted.panels.map(({ title }) => title)).toEqual(panels.map(({ title }) => title));
  });

  it("has lines by Grafana's component, named by their legend", () => {
    expect(painted.panels.find(({ title }) => title === "Lines")?.canvases).toBe(1);
    expect(textOf("Lines")).toContain("at qwen3-8b-instruct");
  });

  it("has one colour for a model in each panel, whichever others are beside it there, and each name once", () => {
    const [all = {}, some = {}] = ["All", "Some"].map(
      (title) => painted.panels.find((each) => each.title === title)?.colors,
    );
    expect(Object.keys(all).toSorted()).toEqual(["gemma-3-4b-it", "mistral-small-24b", "qwen3-8b-instruct"]);
    expect(some).toEqual({ "gemma-3-4b-it": all["gemma-3-4b-it"], "mistral-small-24b": all["mistral-small-24b"] });
    expect(new Set(Object.values(all)).size).toBe(3);
    expect(textOf("All")?.match(/gemma-3-4b-it/g)).toHaveLength(1);
  });

  it("has numbers with their units, and what a panel says where there is none", () => {
    expect(textOf("Number")).toMatch(/50\.0\s*%/);
    expect(textOf("Nothing")).toContain("Not here");
    expect(textOf("Bars")).toMatch(/mistral-small-24b[\s\S]*13\.3\s*GiB/);
    expect(textOf("Table")).toMatch(/Tokens[\s\S]*8192 tok/);
  });

  it("has tables by Grafana's component, and says what is cut in them", () => {
    const cutOf = (title: string) => painted.panels.find((panel) => panel.title === title)?.cut;
    expect(textOf("Table")).not.toContain("drawn by the script");
    expect(cutOf("Table")).toEqual([]);
    const wide = cutOf("Wide table");
    expect(wide).toContainEqual(expect.stringMatching(/^"genai_app_llamacpp_context_size" by \d+ px$/));
    expect(wide).toContainEqual(expect.stringMatching(/^columns behind a scroll bar: \d+ px$/));
  });

  it("says under a panel what is drawn by the script, or not at all", () => {
    expect(textOf("Dial")).toMatch(/42[\s\S]*gauge: drawn by the script/);
    expect(textOf("Heat")).toContain("heatmap: drawn by the script");
    expect(textOf("Text")).toMatch(/^Text\s+bold words$/);
    expect(textOf("Alerts")).toMatch(/firing\s*TooSlow\s*slo=ttft/);
    expect(textOf("Pie")).toContain("a panel of type piechart");
  });
});
