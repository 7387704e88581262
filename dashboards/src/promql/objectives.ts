import { catalogue } from "@aiwatch/core";
import { ratio } from "./arithmetic.ts";
import { perSecond } from "./counters.ts";
import { sumBy, type Vector } from "./vector.ts";

const { sloInferences } = catalogue;

/** The share of judged inferences that held every objective; nothing where none was judged. */
export function goodput<const By extends readonly "model"[]>(...by: By): Vector<By[number]> {
  return ratio(sumBy(perSecond(sloInferences, { outcome: "good" }), ...by), sumBy(perSecond(sloInferences), ...by));
}
