import { catalogue } from "@aiwatch/core";
import { describeWithTool, promtool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { slos } from "./rules/recorded.ts";
import { observed, of } from "./rules/test-support/cases/case.ts";
import { type DashboardName, dashboardNames, queriesOf } from "./test-support/queries.ts";
import { evaluate, whileBusy } from "./test-support/rule-files.ts";
import type { InputSeries } from "./test-support/series.ts";
import type { VariableValues } from "./test-support/substitute.ts";

const { requestFirstToken, timePerOutputToken, inferences, requestOutcomes, sloInferences, activeRequests } = catalogue;

const samples = 60;

/** A model with an event of each kind every five seconds, of which so many in a hundred are bad. */
function modelOf(job: string, model: string, badIn100: number): Record<string, string> {
  const labels = { job, model };
  const [bad, good] = [badIn100 / 100, 1 - badIn100 / 100].map((step) => `0+${step}x${samples}`) as [string, string];
  const within = { all: 1, within: 1 - badIn100 / 100, samples };
  return {
    ...observed(requestFirstToken, labels, { le: "2.0", ...within }),
    ...observed(timePerOutputToken, labels, { le: "0.1", ...within }),
    [of(inferences, { ...labels, operation: "inference", finish_reason: "error" })]: bad,
    [of(inferences, { ...labels, operation: "inference", finish_reason: "stop" })]: good,
    [of(sloInferences, { ...labels, outcome: "bad" })]: bad,
    [of(sloInferences, { ...labels, outcome: "good" })]: good,
  };
}

/** A job that began minutes ago. */
const jobOf = (job: string, badIn100: number): Record<string, string> => ({
  [of(activeRequests, { job })]: `0x${samples}`,
  ...modelOf(job, "steady", badIn100),
  ...modelOf(job, "shaky", 2 * badIn100),
  [of(requestOutcomes, { job, outcome: "ok" })]: `0+${1 - badIn100 / 100}x${samples}`,
  [of(requestOutcomes, { job, outcome: "failed" })]: `0+${badIn100 / 100}x${samples}`,
});

/** So few events that their bad ones are more than any objective allows, and fewer than the least budget. */
const young: InputSeries[] = Object.entries({ ...jobOf("chat", 10), ...jobOf("search", 6) }).map(
  ([series, values]) => ({ series, values }),
);

/** A panel's query, with all of the young history in the visible time unless the values say otherwise. */
function query(board: DashboardName, panel: string, refId = "A", values: VariableValues = {}): string {
  const found = queriesOf(board, { range: "15m", ...values }).find(
    (each) => each.panel === panel && each.refId === refId,
  );
  if (found === undefined) throw new Error(`${board} has no query ${refId} of ${panel}`);
  return found.promql;
}

const names = { first_token: "First token", tpot: "Token pace", inference_errors: "Inferences", http_errors: "HTTP" };

/** What a panel for each objective says, by objective. */
const ofEach = (operator: "min" | "max", title: (name: string) => string): string =>
  slos
    .map((slo) => `label_replace(${operator}(${query("aiwatch-slo", title(names[slo]))}), "slo", "${slo}", "", "")`)
    .join(" or ");

const table = (refId: string) => query("aiwatch-slo", "Objectives by model", refId);

/** How many of the objectives have the same number by both. */
const alike = (operator: "min" | "max", one: string, other: string) =>
  `count(abs(${operator} by (slo) (${one}) - on (slo) (${other})) < 0.000001)`;

const budgets = ofEach("min", (name) => `${name} budget`);
const burns = ofEach("max", (name) => `${name} burn`);

describeWithTool("prometheus", "a figure that several panels show, in a history of a few minutes", () => {
  /** What the expressions are, each a single value. */
  const are = async (values: Readonly<Record<string, number>>) => {
    const expected = Object.entries(values).map(([promql, value]) => ({ promql, at: whileBusy, value }) as const);
    const judged = await evaluate(promtool, expected, young);
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
  };

  it("the tiles have most of their budgets left, and a burn that is no trifle", () =>
    are({
      [`count((${budgets}) > 0.1 < 0.9)`]: slos.length,
      [`count((${burns}) > 1)`]: slos.length,
    }));

  it.each([
    ["aiwatch-slo: Error budget left", query("aiwatch-slo", "Error budget left")],
    ["aiwatch-slo: Error budget left of up to 30 days", query("aiwatch-slo", "Error budget left of up to 30 days")],
    ["aiwatch-slo: Objectives by model, Budget left", table("H")],
    ["llm-dashboard: Error budget left", query("llm-dashboard", "Error budget left")],
  ])("%s is what the tiles of budgets say", (_, promql) => are({ [alike("min", promql, budgets)]: slos.length }));

  it.each([
    ["aiwatch-slo: Burn of …", ofEach("max", (name) => `Burn of ${name}`)],
    ["aiwatch-slo: Objectives by model, Burn 1 h", table("D")],
    ["llm-dashboard: Error budget burn over an hour", query("llm-dashboard", "Error budget burn over an hour")],
  ])("%s is what the tiles of burns say", (_, promql) => are({ [alike("max", promql, burns)]: slos.length }));

  it("llm-dashboard: Error budget burn is the worst of them", () =>
    are({ [`abs(max(${query("llm-dashboard", "Error budget burn")}) - max(${burns})) < bool 0.000001`]: 1 }));

  /** What tiles of a model and its lines say differs by how far they look back, and by nothing else. */
  const alone: VariableValues = { job: "chat", model: "shaky", range: "5m", rateInterval: "5m" };

  it.each([
    ["llm-dashboard", "Goodput", "Goodput over time", "A", 0.8],
    ["llamacpp-dashboard", "Goodput", "Goodput over time", "A", 0.8],
    ["llm-dashboard", "Failed inferences", "Failed inferences over time", "A", 0.2],
    ["llm-dashboard", "Failed inferences", "Models at a glance", "F", 0.2],
  ] as const)("%s: %s is %s, %s, where both look back as far", (board, tile, other, refId, share) =>
    are({
      [`round(sum(${query(board, tile, "A", alone)}), 0.000001)`]: share,
      [`round(sum(${query(board, other, refId, alone)}), 0.000001)`]: share,
    }),
  );

  it("no board shows a budget but these", () => {
    const left = (promql: string) => promql.includes("sum_over_time(aiwatch:slo_bad") && /\b1 - /.test(promql);
    const shown = dashboardNames.flatMap((name) => queriesOf(name).filter(({ promql }) => left(promql)));
    const known = [/^(First token|Token pace|Inferences|HTTP) budget$/, /^Error budget left/, /^Objectives by model$/];
    expect(shown.map(({ panel }) => panel).filter((panel) => !known.some((title) => title.test(panel)))).toEqual([]);
    expect(shown).toHaveLength(slos.length + 4);
  });
});
