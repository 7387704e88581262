import { catalogue } from "@aiwatch/core";
import { describe, expect, it } from "vitest";
import { allPanels, type GrafanaPanel, type GrafanaTarget } from "../grafana-json.ts";
import { dashboardNames, queriesOf, readDashboard } from "../test-support/queries.ts";

const drawn = (name: (typeof dashboardNames)[number]) =>
  allPanels(readDashboard(name)).filter(({ type }) => type !== "row");

/** The catalogue's names of the metrics that a query reads. */
const metricsOf = ({ expr }: Pick<GrafanaTarget, "expr">) =>
  [...expr.matchAll(/\b(genai_app_\w+|aiwatch:[\w:]+|process_\w+|up|ALERTS)(?=\{)/g)].map(([series]) =>
    series.replace(/_(bucket|sum|count)$/, ""),
  );

/** What is wrong with panels on 24 columns: those that lie over another or leave the grid, and how many cells are left over. */
function gapsAndOverlaps(panels: readonly GrafanaPanel[]): string[] {
  const taken = new Set<string>();
  const wrong: string[] = [];
  const top = Math.min(...panels.map(({ gridPos }) => gridPos.y));
  for (const { title, gridPos } of panels) {
    if (gridPos.x + gridPos.w > 24) wrong.push(`${title} leaves the grid`);
    for (let column = gridPos.x; column < gridPos.x + gridPos.w; column++)
      for (let line = gridPos.y; line < gridPos.y + gridPos.h; line++) {
        if (taken.has(`${column} ${line}`)) wrong.push(`${title} lies over another panel`);
        taken.add(`${column} ${line}`);
      }
  }
  const height = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h)) - top;
  if (panels.length > 0 && taken.size !== 24 * height) wrong.push(`${24 * height - taken.size} cells are empty`);
  return [...new Set(wrong)];
}

describe.each(dashboardNames)("%s", (name) => {
  const { uid, schemaVersion, panels: open, tags } = readDashboard(name);
  const panels = allPanels({ panels: open });

  it("can be imported by its uid, in the schema of Grafana 10.4, and with tags that Perses takes", () => {
    expect(uid).toBe(name);
    expect(schemaVersion).toBe(39);
    for (const tag of tags) expect(tag).toMatch(/^[a-z0-9 _-]+$/);
  });

  it("has each panel once, with an id of its own", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  it("fills the grid's lines, nothing over another, in each collapsed row as well", () => {
    expect(gapsAndOverlaps(open)).toEqual([]);
    for (const { panels: inside = [] } of open) expect(gapsAndOverlaps(inside)).toEqual([]);
  });

  it("names each of its metrics in the panel's description, and says why there may be no value", () => {
    for (const { title, description, targets = [], fieldConfig } of drawn(name)) {
      for (const metric of targets.flatMap(metricsOf)) expect(description, title).toContain(`\`${metric}\``);
      expect(fieldConfig?.defaults.noValue, title).toBeTruthy();
    }
  });
});

/** A query with each percentile, of raw buckets or of recorded ones, as `Q`, and each text as `s`. */
const aroundQuantiles = (expr: string) =>
  expr
    .replaceAll(/"[^"]*"/g, "s")
    .replaceAll(" @ end()", "")
    // each recorded series once, of two replicas
    .replaceAll(/max by \([\w, ]+\) \(((?:avg_over_time\()?[\w:]+\{[^()]+\)?)\)/g, "$1")
    .replaceAll(/histogram_quantile\([^()]+, sum by \(le[^()]*\) \(([\w:]+\{[^()]+|\w+\([^()]+\))\)\)/g, "Q")
    .replaceAll(/histogram_quantile\([^()]+, avg_over_time\([^()]+\)\)/g, "Q")
    .replaceAll(/histogram_quantile\([^()]+ and on \([\w, ]+\) topk\(\d+, Q >= 0\)\)/g, "Q");

/** A percentile as it is, compared with a limit, the largest ones, or how many are below bounds. */
const allowedAround = new RegExp(
  [
    "^Q >= 0$",
    String.raw`^label_replace\(max\(Q >= 0\) <= \S+, .+\) or label_replace\(max\(Q >= 0\) > \S+, .+\)$`,
    String.raw`^(max|topk)\((\d+, )?Q >= 0\)$`,
    String.raw`^Q >= 0 and on \([\w, ]+\) topk\(\d+, Q >= 0\)$`,
    String.raw`^(label_replace\(sum\(\(Q >= 0\) <= bool \S+\), s, s, s, s\)( or |$))+$`,
  ].join("|"),
);

describe("together", () => {
  it("they show every metric that there is", () => {
    const shown = new Set(dashboardNames.flatMap(drawn).flatMap(({ targets = [] }) => targets.flatMap(metricsOf)));
    expect(
      Object.values(catalogue)
        .map((row) => row.name)
        .filter((metric) => !shown.has(metric)),
    ).toEqual([]);
  });

  it("a panel of one title measures the same on each of them, be it by model or all together", () => {
    const measured = new Map<string, unknown>();
    for (const { title, type, targets = [] } of dashboardNames.flatMap(drawn)) {
      // with its course, a number asks for the same twice
      const panel = { type, metrics: [...new Set(targets.flatMap(metricsOf))] };
      expect(panel, title).toEqual(measured.get(title) ?? panel);
      measured.set(title, panel);
    }
  });

  it("a stall of the process is never blamed on the model: its delay is drawn beside the gaps between tokens", () => {
    for (const name of ["llm-dashboard", "llamacpp-dashboard"] as const) {
      const titles = drawn(name).map(({ title }) => title);
      expect(titles.indexOf("Event-loop delay")).toBe(titles.indexOf("Inter-token latency") + 1);
      const [gaps, delay] = ["Inter-token latency", "Event-loop delay"].map(
        (title) => drawn(name).find((panel) => panel.title === title)?.gridPos,
      );
      expect(delay).toMatchObject({ y: gaps?.y, w: gaps?.w, h: gaps?.h });
    }
  });

  it("percentiles are never stacked, nor averaged, nor added up", () => {
    for (const panel of dashboardNames.flatMap(drawn)) {
      const queries = (panel.targets ?? [])
        .map(({ expr }) => expr)
        .filter((expr) => expr.includes("histogram_quantile"));
      for (const expr of queries) {
        expect(aroundQuantiles(expr), panel.title).toMatch(allowedAround);
      }
      if (queries.length > 0) expect(JSON.stringify(panel.fieldConfig), panel.title).not.toContain('"stacking"');
    }
  });

  it.each([
    ["KV-cache usage", [0.9, 0.98]],
    ["KV-cache usage over time", [0.9, 0.98]],
    ["Goodput", [0.9, 0.99]],
    ["Goodput over time", [0.9, 0.99]],
    ["Error ratio", [0.001, 0.01]],
    ["Aborted", [0.1, 0.5]],
    ["Went away", [0.1, 0.5]],
  ])("%s changes its colour at %j", (title, limits) => {
    const panels = dashboardNames.flatMap(drawn).filter((panel) => panel.title === title);
    expect(panels).not.toEqual([]);
    for (const { fieldConfig } of panels) {
      const steps = fieldConfig?.defaults.thresholds?.steps ?? [];
      expect(steps.map(({ value }) => value)).toEqual([null, ...limits]);
    }
  });
});

describe("the first screen of LLM Performance", () => {
  /** What 1,000 pixels show of a grid whose lines are 38 apart, below Grafana's own bars and the variables. */
  const first = readDashboard("llm-dashboard").panels.filter(({ gridPos }) => gridPos.y + gridPos.h <= 19);

  it("says whether readers get answers and how long they wait, in this order", () => {
    expect(first.map(({ title }) => title)).toEqual([
      "Overview",
      "Unreachable",
      "Processes",
      "Requests/s",
      "Failed inferences",
      "First token p95",
      "TPOT p95",
      "Waiting",
      "Refused",
      "Oldest inference",
      "Goodput",
      "Error budget burn",
      "Error ratio",
      "TTFT p95",
      "Latency p95",
      "Aborted",
      "Output tokens/s",
      "First token from the arrival",
      "Inferences by finish reason",
      "Mean time by phase",
    ]);
  });

  it("judges the waits by what the reader chose at the top", () => {
    const exprOf = (title: string) => first.find((panel) => panel.title === title)?.targets?.[0]?.expr;
    expect(exprOf("First token p95")).toContain("> $ttft_slo");
    expect(exprOf("TPOT p95")).toContain("> $tpot_slo");
  });
});

/** A course that is there as long as what it is of has a value at the end of the visible time. */
function isUpToNow(expr: string): boolean {
  const [course, now] = expr.split(" and on () ");
  return !expr.includes("[") && now === course?.replaceAll("}", "} @ end()");
}

it("a number that is the last value of its course has one up to now; the others ask for now alone", () => {
  for (const { title, type, targets = [] } of dashboardNames.flatMap(drawn))
    if (["stat", "gauge", "bargauge", "table"].includes(type))
      for (const { instant, expr } of targets)
        expect(instant === true || expr.includes("[$__range]") || isUpToNow(expr), title).toBe(true);
});

it("a tile that judges latency shows the worst model, says so, and leads to the table of models", () => {
  const table = drawn("llm-dashboard").find(({ title }) => title === "Models at a glance");
  const tiles = dashboardNames
    .flatMap(drawn)
    .filter(({ type, targets = [] }) => type === "stat" && targets.some(({ expr }) => /le, model\)/.test(expr)));
  expect(tiles.map(({ title }) => title)).toEqual(
    expect.arrayContaining([
      "First token p95",
      "TPOT p95",
      "TTFT p95",
      "Latency p95",
      "ITL p95",
      "Slowest first token",
    ]),
  );
  for (const { title, description, targets = [], fieldConfig } of tiles) {
    for (const { expr } of targets) expect(expr, title).toMatch(/^(label_replace\()?max\(histogram_quantile/);
    expect(description, title).toMatch(/of several models the worst/i);
    expect(JSON.stringify(fieldConfig), title).toContain(`&viewPanel=${table?.id}"`);
  }
});

it("no tile mixes models in a percentile of a metric that has models", () => {
  const ofModels = Object.values(catalogue).filter(({ labels }) => "model" in labels);
  const mixed = dashboardNames
    .flatMap(drawn)
    .filter(({ type }) => type === "stat")
    .filter(({ targets = [] }) =>
      targets.some(
        ({ expr }) =>
          ofModels.some(({ name }) => expr.includes(`${name}_bucket{`)) &&
          expr.includes("histogram_quantile") &&
          !expr.includes("sum by (le, model)"),
      ),
    );
  expect(mixed.map(({ title }) => title)).toEqual(["First token, server p95"]);
});

it("a narrow tile has room for its title and for why it has no value", () => {
  const room: Readonly<Record<number, number>> = { 2: 11, 3: 19, 4: 26 };
  for (const { title, type, gridPos, fieldConfig } of dashboardNames.flatMap(drawn)) {
    const most = room[gridPos.w];
    if (type !== "stat" || most === undefined) continue;
    expect(title.length, title).toBeLessThanOrEqual(most);
    expect(fieldConfig?.defaults.noValue?.length, title).toBeLessThanOrEqual(gridPos.w === 2 ? 5 : 16);
  }
});

it("no two queries of a table keep the names of their metrics, which would keep their lines apart", () => {
  for (const { title, type, targets = [] } of dashboardNames.flatMap(drawn))
    if (type === "table" && targets.length > 1)
      for (const { expr } of targets) expect(expr, title).not.toMatch(/^[\w:]+\{/);
});

it("annotations leave the panels to be read: alerts are off, the others are true for a step", () => {
  for (const name of dashboardNames) {
    const own = readDashboard(name).annotations?.list.filter(({ expr }) => expr !== undefined) ?? [];
    expect(own.map(({ name: title, enable }) => [title, enable])).toEqual([
      ["Deploys", true],
      ["Restarts", true],
      ["Alerts", false],
    ]);
    for (const { enable, expr } of own) if (enable) expect(expr).toMatch(/ unless .+ offset \$__interval\)/);
  }
});

it("a model has one name on all panels, and so one colour, unless a colour says what its lines mean", () => {
  const named = dashboardNames.flatMap(drawn).filter(({ type }) => type === "timeseries");
  const legends = named.flatMap(({ title, targets = [], fieldConfig }) => {
    const patterns = (fieldConfig?.overrides ?? [])
      .filter(({ matcher }) => matcher.id === "byRegexp")
      .map(({ matcher }) => new RegExp(String(matcher.options).slice(1, -1)));
    return targets.flatMap(({ legendFormat = "" }) => {
      const labels = legendFormat.match(/\{\{\w+\}\}/g) ?? [];
      const isColored = patterns.some((pattern) => pattern.test(legendFormat.replaceAll(/\{\{\w+\}\}/g, "m")));
      return labels.length === 1 && labels[0] === "{{model}}" && !isColored ? [{ title, legendFormat }] : [];
    });
  });
  expect(legends.length).toBeGreaterThan(30);
  expect(legends.filter(({ legendFormat }) => legendFormat !== "{{model}}")).toEqual([]);
});

it("an axis, a bar or a course of shares ends at 100 %, and begins there unless it is of shares that are small", () => {
  const isOnAxis = ({ type, options }: GrafanaPanel) =>
    ["timeseries", "bargauge", "gauge"].includes(type) || (type === "stat" && options?.graphMode === "area");
  const shares = dashboardNames
    .flatMap(drawn)
    .filter((panel) => panel.fieldConfig?.defaults.unit === "percentunit" && isOnAxis(panel));
  expect(shares.length).toBeGreaterThan(20);
  for (const { title, fieldConfig } of shares) {
    const { max, custom = {} } = fieldConfig?.defaults ?? {};
    expect(max, title).toBe(1);
    expect([undefined, 0.02], title).toContain(custom["axisSoftMax"]);
  }
});

it("ten lines that a query chose of many have ten colours, and names of one label that it did not choose have their own", () => {
  const modes = dashboardNames.flatMap(drawn).flatMap(({ title, type, targets = [], fieldConfig }) => {
    const labels = targets.map(({ legendFormat = "" }) => legendFormat.match(/\{\{/g)?.length ?? 0);
    if (type !== "timeseries" || Math.max(...labels) === 0) return [];
    const isChosen = targets.some(({ expr }) => expr.includes("topk("));
    return [{ title, isChosen, labels: Math.max(...labels), mode: fieldConfig?.defaults.color?.mode }];
  });
  expect(modes.filter(({ isChosen }) => isChosen).length).toBeGreaterThan(10);
  for (const { title, isChosen, labels, mode } of modes)
    if (isChosen || labels === 1) expect(mode, title).toBe(isChosen ? "palette-classic" : "palette-classic-by-name");
});

/** Pixels of a panel's table in a window of 1,440, beside its scroll bar. */
const inside = (columns: number) => columns * 51 + (columns - 1) * 8 - 28;
/** Of a letter of a header, on average, and what is around it. */
const [letter, around, arrow] = [7.5, 13, 22];

/** Columns of a table with their pixels as Grafana gives them: those without a width have an equal part of what is left, and a least one. */
function columnsOf({ gridPos, fieldConfig, transformations = [] }: GrafanaPanel) {
  const { defaults, overrides = [] } = fieldConfig ?? { defaults: {} };
  const own = (title: string) =>
    overrides
      .filter(({ matcher }) => matcher.options === title)
      .flatMap(({ properties }) => properties)
      .find(({ id }) => id === "custom.width")?.value as number | undefined;
  const organized = transformations.filter(({ id }) => id === "organize").map(({ options }) => options);
  const excluded = organized.flatMap(({ excludeByName = {} }) => Object.keys(excludeByName));
  const titles = organized.flatMap(({ renameByName = {} }) => Object.values(renameByName));
  const shown = titles.filter((title) => !excluded.includes(title));
  const fixed = shown.map(own);
  const left = inside(gridPos.w) - fixed.reduce<number>((sum, width = 0) => sum + width, 0);
  const share = left / fixed.filter((width) => width === undefined).length;
  const least = (defaults.custom?.["minWidth"] as number | undefined) ?? 150;
  return shown.map((title, index) => ({ title, width: fixed[index] ?? Math.max(share, least) }));
}

it("a table shows all its columns in a window of 1,440 pixels, each with its whole title, cluster and namespace too", () => {
  const tables = dashboardNames.flatMap(drawn).filter(({ type }) => type === "table");
  expect(tables.length).toBeGreaterThan(7);
  for (const table of tables) {
    const columns = columnsOf(table);
    expect(columns.length, table.title).toBeGreaterThan(2);
    const sorted = table.options?.sortBy?.[0]?.displayName;
    const cut = columns.filter(
      ({ title, width }) => title.length * letter + around + (title === sorted ? arrow : 0) > width,
    );
    expect(cut, table.title).toEqual([]);
    const whole = columns.reduce((sum, { width }) => sum + width, 0);
    expect(whole, table.title).toBeLessThanOrEqual(inside(table.gridPos.w) + 1);
  }
});

it("no number is on a scale that ends where nobody said", () => {
  expect(dashboardNames.flatMap(drawn).filter(({ type }) => type === "gauge")).toEqual([]);
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
    [
      "llm-dashboard",
      "timeseries",
      /^topk\(20, sum by \(endpoint, status\) \(.+ or increase\(genai_app_http_requests_total/,
    ],
    [
      "llm-dashboard",
      "bargauge",
      /^topk\(20, sum by \(endpoint, status\) \(.+ or increase\(genai_app_http_requests_total/,
    ],
    ["llm-dashboard", "timeseries", /^topk\(10, sum by \(type, operation\) \(.+ or increase\(genai_app_errors_total/],
    ["llm-dashboard", "bargauge", /^sum by \(type, operation\) \(.+ or increase\(genai_app_errors_total/],
    ["llm-dashboard", "stat", /^sum\(genai_app_active_requests\{/],
    ["llm-dashboard", "stat", /genai_app_model_memory_bytes/],
    ["llm-dashboard", "timeseries", /^sum by \(finish_reason\) \(rate\(genai_app_inferences_total/],
    ["llm-dashboard", "timeseries", /genai_app_cached_prompt_tokens_total/],
    ["llm-dashboard", "timeseries", /genai_app_telemetry_errors_total/],
    ["llamacpp-dashboard", "stat", /genai_app_llamacpp_tokens_per_second/],
    ["llamacpp-dashboard", "timeseries", /genai_app_llamacpp_tokens_per_second/],
    ["llamacpp-dashboard", "table", /^max by \(model\) \(genai_app_llamacpp_memory_per_token_bytes/],
    ["llamacpp-dashboard", "table", /by \(model\) \(genai_app_llamacpp_context_size/],
    ["llamacpp-dashboard", "timeseries", /genai_app_llamacpp_threads_used/],
    ["llamacpp-dashboard", "table", /by \(model\) \(genai_app_llamacpp_batch_size/],
    ["llamacpp-dashboard", "timeseries", /^sum by \(direction, model\) \(rate\(genai_app_chat_tokens_total/],
    [
      "llamacpp-dashboard",
      "timeseries",
      /^sum\(rate\(genai_app_chat_phase_seconds_total\{.*phase="queue".+ \/ .+chats_total/,
    ],
    ["llamacpp-dashboard", "timeseries", /^topk\(20, sum by \(tool, outcome\) \(rate\(genai_app_tool_calls_total/],
    ["llamacpp-dashboard", "stat", /^max\(genai_app_llamacpp_kv_cache_usage_ratio/],
    ["llamacpp-engine-dashboard", "timeseries", /^max by \(model\) \(genai_app_llamacpp_kv_cache_usage_ratio/],
    [
      "llamacpp-engine-dashboard",
      "heatmap",
      /^sum by \(le\) \(increase\(genai_app_llamacpp_decode_batch_tokens_bucket/,
    ],
    ["llamacpp-engine-dashboard", "table", /by \(model, architecture, .+genai_app_llamacpp_model_info/],
    ["llamacpp-engine-dashboard", "bargauge", /^max by \(model\) \(genai_app_llamacpp_model_load_seconds/],
  ] as const)("%s %s %s", has);
});
