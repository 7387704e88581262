import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { unitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";

const { chats, chatPhases } = catalogue;

type Phase = (typeof chatPhases.labels.phase.values)[number];

/** From the bottom to the top: in the order in which a chat goes through them. */
const legends: Readonly<Record<Phase, string>> = {
  line: "line",
  before: "before and after",
  queue: "queue",
  prompt: "prompt evaluation",
  decode: "decode",
  tool: "tools",
};

const ended = sumBy(perSecond(chats));

export const phases = (width: number) =>
  timeSeries({
    title: "Mean time by phase",
    description: describe(
      "Where the time of a chat goes, from its arrival to its end, on average over the chats that ended: in the app's own line, in its other work before, between and after, in the engine's queue, in the evaluation of prompts, in decoding, in functions that the model called. Means can be stacked; percentiles cannot. A model server does not say when it begins: its queue is a part of the prompt evaluation.",
      chats,
      chatPhases,
    ),
    unit: unitOf(chatPhases),
    stacked: true,
    queries: Object.entries(legends).map(([phase, legend]) => ({
      vector: ratio(sumBy(perSecond(chatPhases, { phase: phase as Phase })), ended),
      legend,
    })),
    noValue: "None ended",
    width,
  });
