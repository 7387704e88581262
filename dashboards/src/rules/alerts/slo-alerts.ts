import { type BurnWindow, type CountWindow, recorded } from "../recorded.ts";
import { type Alert, promql } from "../rule.ts";

interface Burning {
  readonly times: number;
  readonly over: BurnWindow & CountWindow;
  /** Without it an alert would go on for as long as the long window remembers. */
  readonly still: BurnWindow;
  /** With fewer bad events it is silent: a night's only chat is no statistics. */
  readonly atLeast: number;
}

const burning = ({ times, over, still, atLeast }: Burning) => promql`
  ${recorded.sloBurn[over].name} > ${times}
  and ${recorded.sloBurn[still].name} > ${times}
  and ${recorded.sloBadCount[over].name} >= ${atLeast}`;

const either = (one: Burning, other: Burning) => `${burning(one)}\nor\n${burning(other)}`;

const subject = "{{ $labels.slo }} of {{ $labels.job }}{{ with $labels.model }}, model {{ . }}{{ end }}";

/** Two windows each, of two paces each. */
export const sloAlerts: readonly Alert[] = [
  {
    name: "AIWatchErrorBudgetBurnsFast",
    severity: "critical",
    expr: either(
      { times: 14.4, over: "1h", still: "5m", atLeast: 5 },
      { times: 6, over: "6h", still: "30m", atLeast: 10 },
    ),
    for: "2m",
    summary: `${subject}: the error budget burns {{ $value | printf "%.1f" }} times too fast`,
    description:
      "At 14.4 times a month's budget lasts two days, at 6 times five. Readers notice it now. Look at First token from the arrival, Queue time and Inferences by finish reason.",
  },
  {
    name: "AIWatchErrorBudgetBurnsSlowly",
    severity: "warning",
    expr: either(
      { times: 3, over: "1d", still: "2h", atLeast: 10 },
      { times: 1, over: "3d", still: "6h", atLeast: 20 },
    ),
    for: "15m",
    summary: `${subject}: the error budget will not last the month, it burns {{ $value | printf "%.1f" }} times too fast`,
    description:
      "No emergency: look at it within days. Usual causes are bursts that come back, a model too large for its machine, and a slow tool.",
  },
];
