import { catalogue } from "@aiwatch/core";
import { bucketBound } from "../../promql/bucket-bound.ts";
import { promqlBuilders } from "../../promql/builders.ts";
import type { CheckedOptions } from "../options.ts";
import { type Pace, paces, recorded } from "../recorded.ts";
import { type Alert, indented, promql } from "../rule.ts";

const ofModels = '{model!=""}';
const ofAllTogether = '{model=""}';

/** The budget's least size keeps a few bad events from burning it that fast. */
const burning = (whose: string, { times, over, still }: Pace) => promql`
  ${recorded.sloBurn[over].name}${whose} > ${times}
  and ${recorded.sloBurn[still].name} > ${times}`;

/** Models by their names; and where no model burns fast enough alone, but all of them together do, the objective. */
function eitherOf([one, other]: readonly [Pace, Pace]): string {
  const either = (whose: string) => indented(2, `${burning(whose, one)}\nor\n${burning(whose, other)}`);
  return `(\n${either(ofModels)}\n)\nor ignoring (model) (\n${either(ofAllTogether)}\n)`;
}

const subject = "{{ $labels.slo }} of {{ $labels.job }}{{ with $labels.model }}, model {{ . }}{{ end }}";

/** Two windows each, of two paces each. */
const burns: readonly Alert[] = [
  {
    name: "AIWatchErrorBudgetBurnsFast",
    severity: "critical",
    expr: eitherOf(paces.fast),
    for: "2m",
    // as few bad events as are told of, evenly over the long window, are in the short one by turns: five an hour leave its five minutes for seven
    keepFiringFor: "15m",
    summary: `${subject}: the error budget burns {{ $value | printf "%.1f" }} times too fast`,
    description:
      "At 14.4 times a month's budget lasts two days, at 6 times five. Readers notice it now. Look at First token from the arrival, Queue time and Inferences by finish reason.",
  },
  {
    name: "AIWatchErrorBudgetBurnsSlowly",
    severity: "warning",
    expr: eitherOf(paces.slow),
    for: "15m",
    // ten a day leave its two hours for twenty-four minutes
    keepFiringFor: "1h",
    summary: `${subject}: the error budget will not last the month, it burns {{ $value | printf "%.1f" }} times too fast`,
    description:
      "No emergency: look at it within days. Usual causes are bursts that come back, a model too large for its machine, and a slow tool.",
  },
];

const ofFirstToken = '{slo="first_token"}';
const events = `${recorded.sloEvents.name}${ofFirstToken}`;
const bad = `${recorded.sloBad.name}${ofFirstToken}`;
const { observationsPerSecond, bucketPerSecond } = promqlBuilders({ window: "2m" });

/**
 * Where all readers wait, a budget of a twentieth burns 20 times too fast, and takes 43 minutes to be 14.4 times over an hour. Most readers
 * of five minutes are told of at once. The last two minutes have to say the same: else one burst would be told of for as long as it is remembered.
 */
function mostWait({ ttftSeconds }: CheckedOptions): Alert {
  const { requestFirstToken: row } = catalogue;
  const good = bucketPerSecond(row, bucketBound(row, ttftSeconds)).promql;
  return {
    name: "AIWatchMostReadersWaitTooLong",
    severity: "critical",
    expr: promql`
      sum without (slo) (${bad} / (${events} > 0)) > 0.5
      and on (job, model) ${bad} * 300 >= 10
      unless on (job, model) sum by (job, model) (${good})
        >= 0.5 * sum by (job, model) (${observationsPerSecond(row)})`,
    for: "2m",
    summary: `{{ $labels.job }}: {{ $value | humanizePercentage }} of the readers of {{ $labels.model }} wait more than ${ttftSeconds} s for the first token`,
    description:
      "From the request's arrival, over five minutes and still. Look at Wait for admission and Queue time: most often there are more readers than places.",
  };
}

/** What says of an objective that it is missed, the quickest last. */
export const sloAlerts = (options: CheckedOptions): readonly Alert[] => [...burns, mostWait(options)];
