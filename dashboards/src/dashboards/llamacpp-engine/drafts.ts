import { catalogue } from "@aiwatch/core";
import { ratio } from "../../promql/arithmetic.ts";
import { perSecond } from "../../promql/counters.ts";
import { sumBy, type Vector } from "../../promql/vector.ts";

const { speculativeTokens } = catalogue;

export const noDrafts = "No drafts";

/** The share of drafted tokens that were taken into answers; nothing where none was drafted. */
export function acceptedDrafts<const By extends readonly "model"[]>(...by: By): Vector<By[number]> {
  return ratio(
    sumBy(perSecond(speculativeTokens, { outcome: "used" }), ...by),
    sumBy(perSecond(speculativeTokens), ...by),
  );
}
