import { catalogue } from "@aiwatch/core";
import { promqlBuilders } from "../../promql/builders.ts";
import { sumBy } from "../../promql/vector.ts";
import { type Alert, promql } from "../rule.ts";
import { completedAnswers } from "./answers.ts";

const { increase } = promqlBuilders({ window: "5m" });
const refused = sumBy(increase(catalogue.admissions, "5m", { outcome: "refused" }), "job", "queue");
const came = sumBy(increase(catalogue.admissions, "5m"), "job", "queue");
const gaveUp = sumBy(increase(catalogue.firstTokenWaits, "10m", { outcome: "aborted" }), "job", "model");
const got = sumBy(increase(catalogue.firstTokenWaits, "5m", { outcome: "got" }), "job", "model");
/** An answer in one piece has no first token that anybody saw. */
const completed = sumBy(completedAnswers("5m"), "job", "model");

/** Processes are up, and no reader gets an answer. No objective counts those who are refused with 429, nor those who go away. */
export const outageAlerts: readonly Alert[] = [
  {
    name: "AIWatchMostAreRefused",
    severity: "critical",
    expr: promql`
      ${refused} / (${came} > 0) > 0.5
      and ${refused} >= 20`,
    for: "5m",
    summary:
      "{{ $labels.job }}: {{ $value | humanizePercentage }} of the readers are refused at the queue {{ $labels.queue }}",
    description:
      "More are refused than admitted: the queue is full and does not move, or it is much too small for what comes.",
  },
  {
    name: "AIWatchNobodyGetsAToken",
    severity: "critical",
    expr: promql`
      ${gaveUp} >= 20
      unless ${got} > 0
      unless ${completed} > 0`,
    for: "2m",
    summary:
      '{{ $labels.job }}: {{ $value | printf "%.0f" }} readers of {{ $labels.model }} gave up within 10 minutes, and nobody got a token',
    description:
      "The engine hangs before the first token, and readers or a proxy give up before it counts as stalled. Who goes away is in no objective.",
  },
];
