import { catalogue } from "@aiwatch/core";
import { budgetOf, burnOf, historyOf } from "../../../promql/slo-queries.ts";
import { maxBy, type Vector } from "../../../promql/vector.ts";
import { substitute } from "../../../test-support/substitute.ts";
import { type Case, of } from "./case.ts";

const { requestFirstToken } = catalogue;
const alert = "AIWatchErrorBudgetBurnsFast";
const asked = ({ promql }: Vector) => substitute(promql, {});

/** First tokens of a model, four samples a minute: how many there were by each sample, and how many of them in time. */
const tokens = (model: string, all: string, inTime: string, instance = "a:1") => ({
  [of(requestFirstToken, { model, instance }, "_count")]: all,
  [of(requestFirstToken, { model, instance, le: "2.0" }, "_bucket")]: inTime,
});

/** Four requests of each within the hour, of which three are late. */
const rarelyAsked = Array.from({ length: 20 }, (_, model) =>
  tokens(`m${model}`, `0x${20 + model} 1x39 2x39 3x39 4x200`, `0x${20 + model} 0x119 1x200`),
);

const ofTwo = (model?: string) => `{job="chat", ${model === undefined ? "" : `model="${model}", `}slo="first_token"}`;

/** Few events are no statistics: neither of a model, nor of a young budget. */
export const fewEventsCases: readonly Case[] = [
  {
    name: "one slow request of an idle model beside a busy one: the tile is not red, nobody is woken, and the objective has its budget",
    alert,
    every: "15s",
    series: {
      ...tokens("busy", "0+15x480", "0+15x480"),
      ...tokens("idle", "0x100 1x380", "0x480"),
    },
    fires: [{ at: "40m", of: [] }],
    values: [
      {
        promql: 'round(aiwatch:slo_burn:ratio1h{slo="first_token"}, 0.1)',
        at: "40m",
        are: { [ofTwo("busy")]: 0, [ofTwo("idle")]: 3.2, [ofTwo()]: 0 },
      },
      { promql: `${asked(maxBy(burnOf("1h", "first_token")))} > 14.4`, at: "40m", are: {} },
      { promql: `${asked(budgetOf("30d", "first_token"))} < 0.98`, at: "40m", are: {} },
      { promql: `round(${asked(historyOf("30d", "first_token"))} / 60)`, at: "40m", are: { [ofTwo()]: 40 } },
    ],
  },
  {
    name: "twenty models with three late answers of four each: none alone is told of, all together are",
    alert,
    every: "15s",
    series: Object.assign({}, ...rarelyAsked),
    fires: [{ at: "44m", of: [{ job: "chat", slo: "first_token" }] }],
  },
  {
    name: "a model that fails wholly beside a busy one is told of by its name, and the objective is not told of once more",
    alert,
    every: "15s",
    series: {
      ...tokens("busy", "0+15x480", "0+15x480"),
      ...tokens("broken", "0+10x480", "0x480"),
    },
    fires: [{ at: "60m", of: [{ job: "chat", model: "broken", slo: "first_token" }] }],
    values: [
      {
        promql: `round(aiwatch:slo_burn:ratio1h${ofTwo().replace("{", '{model="", ')}, 0.1)`,
        at: "60m",
        are: { [ofTwo()]: 8 },
      },
    ],
  },
  {
    name: "a young budget: three late answers of three leave most of it, thirty of thirty half as much again as all of it",
    alert,
    every: "15s",
    series: {
      ...tokens("few", "0x9 1 2 3x80", "0x99"),
      [of(requestFirstToken, { job: "many", model: "m" }, "_count")]: "0x9 15 30x80",
      [of(requestFirstToken, { job: "many", model: "m", le: "2.0" }, "_bucket")]: "0x99",
    },
    values: [
      {
        promql: `round(${asked(budgetOf("30d", "first_token"))}, 0.05)`,
        at: "20m",
        are: { [ofTwo()]: 0.85, '{job="many", slo="first_token"}': -0.5 },
      },
    ],
  },
];
