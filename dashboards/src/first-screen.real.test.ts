import { describeWithTool, promtool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { allPanels, type GrafanaPanel } from "./grafana-json.ts";
import { type DashboardName, dashboardNames, queriesOf, readDashboard } from "./test-support/queries.ts";
import { evaluate, whenIdle } from "./test-support/rule-files.ts";
import type { InputSeries } from "./test-support/series.ts";

const app = 'job="chat", instance="a"';
const model = `${app}, model="gpt"`;

/** Five minutes of answers, and then none. */
const answered = "0+2x60 120x120";
/** Nobody, and then everybody who comes. */
const afterwards = "0x60 0+0.5x120";

const waits = ["request_first_token", "first_token_latency", "time_per_output_token"];
const histogram = (name: string, labels: string): InputSeries[] =>
  [`_bucket{${labels}, le="1.0"}`, `_bucket{${labels}, le="+Inf"}`, `_count{${labels}}`].map((series) => ({
    series: `genai_app_${name}_seconds${series}`,
    values: answered,
  }));

/** A model that hangs: six readers wait, each leaves after a minute without a word, and the next one comes. */
const hangs: readonly InputSeries[] = [
  { series: `up{${app}}`, values: "1x180" },
  { series: `genai_app_active_requests{${app}}`, values: "6x180" },
  { series: `genai_app_active_inferences{${model}}`, values: "6x180" },
  { series: `genai_app_oldest_inference_seconds{${model}}`, values: "4x60 58x120" },
  ...[
    ["ok", answered],
    ["left", afterwards],
    ["failed", "0x180"],
  ].map(([outcome, values = ""]) => ({
    series: `genai_app_request_outcomes_total{${app}, outcome="${outcome}"}`,
    values,
  })),
  ...[
    ["stop", answered],
    ["aborted", afterwards],
    ["error", "0x180"],
  ].map(([reason, values = ""]) => ({
    series: `genai_app_inferences_total{${model}, operation="chat", finish_reason="${reason}"}`,
    values,
  })),
  ...waits.flatMap((name) => histogram(name, model)),
  ...histogram("model_latency", `${model}, operation="inference"`),
];

const tilesOf = (name: DashboardName) => allPanels(readDashboard(name)).filter(({ type }) => type === "stat");
const queryOf = (name: DashboardName, tile: string) =>
  queriesOf(name).find(({ panel }) => panel === tile)?.promql ?? `no tile ${tile}`;

/** The colour of a value by a tile's limits. */
const colorOf = ({ fieldConfig }: GrafanaPanel, of: number) =>
  fieldConfig?.defaults.thresholds?.steps.findLast(({ value }) => value === null || of >= value)?.color;

describeWithTool("prometheus", "while a model hangs and every reader leaves", () => {
  /** What a tile shows: a number, or words where it has none. */
  const shown: Readonly<Record<string, Readonly<Record<string, number | string>>>> = {
    "llm-dashboard": {
      "Requests/s": 0.1,
      "Failed inferences": "No answers",
      "First token p95": "No first token",
      "TPOT p95": "Nothing measured",
      Waiting: "None known",
      Refused: "No wait ended",
      "Oldest inference": 58,
      "Error ratio": 0,
      "TTFT p95": "Nothing measured",
      "Latency p95": "No answers",
      Aborted: 1,
    },
    "aiwatch-service": { "Requests in flight": 6, "Went away": 1 },
    "aiwatch-fleet": { "Active inferences": 6, "Queued inferences": "None known" },
  };

  it.each(Object.entries(shown))("%s says so, and not that there is no traffic", async (board, tiles) => {
    const name = board as DashboardName;
    const judged = await evaluate(
      promtool,
      Object.entries(tiles).map(([tile, value]) => ({
        promql: typeof value === "number" ? `round(${queryOf(name, tile)}, 0.001)` : queryOf(name, tile),
        at: whenIdle,
        value: typeof value === "number" ? value : "none",
      })),
      hangs,
    );
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
    const words = Object.entries(tiles).filter(([, value]) => typeof value === "string");
    const written = words.map(([tile]) => [
      tile,
      tilesOf(name).find(({ title }) => title === tile)?.fieldConfig?.defaults.noValue,
    ]);
    expect(written).toEqual(words);
  });

  it.each([
    ["llm-dashboard", "Aborted"],
    ["aiwatch-service", "Went away"],
  ] as const)("a tile of %s is red, as it is yellow where some lose patience: %s", (name, tile) => {
    const panel = tilesOf(name).find(({ title }) => title === tile)!;
    expect([0.02, 0.1, 0.49, 0.5, 1].map((value) => colorOf(panel, value))).toEqual([
      "green",
      "yellow",
      "yellow",
      "red",
      "red",
    ]);
  });
});

describeWithTool("prometheus", "a tile of recorded series, with the rules loaded", () => {
  const idle: readonly InputSeries[] = [
    { series: `up{${app}}`, values: "1x180" },
    { series: `genai_app_active_requests{${app}}`, values: "0x180" },
  ];
  const said = dashboardNames.flatMap((name) =>
    tilesOf(name).map(({ title, fieldConfig }) => ({ name, title, words: fieldConfig?.defaults.noValue })),
  );
  const count = (words: string) => said.filter((tile) => tile.words === words);

  it("says that there are none only if there are none, while nobody asks anything too", async () => {
    const tiles = count("No rules");
    expect(tiles.length).toBeGreaterThan(0);
    const judged = await evaluate(
      promtool,
      tiles.map(({ name, title }) => ({
        promql: `count(${queryOf(name, title)}) > bool 0`,
        at: whenIdle,
        value: 1,
      })),
      idle,
    );
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
  });

  it("says that either may be where it has no value without events", async () => {
    const tiles = count("No rules or idle");
    expect(tiles.length).toBeGreaterThan(8);
    const judged = await evaluate(
      promtool,
      tiles.map(({ name, title }) => ({ promql: queryOf(name, title), at: whenIdle, value: "none" as const })),
      idle,
    );
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
  });
});
