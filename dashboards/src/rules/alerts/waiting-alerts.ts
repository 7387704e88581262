import { type CounterRow, catalogue, type HistogramRow } from "@aiwatch/core";
import { bucketBound } from "../../promql/bucket-bound.ts";
import { promqlBuilders } from "../../promql/builders.ts";
import type { Matchers } from "../../promql/select.ts";
import { maxBy, sumBy } from "../../promql/vector.ts";
import { recorded } from "../recorded.ts";
import { type Alert, promql, series } from "../rule.ts";
import { endedAnswers } from "./answers.ts";

const { perSecond, increase, mean, shareWithin } = promqlBuilders({ window: "5m" });

/** Seconds that are too long in a queue: a bound of its histogram, so that it is known how many waited for longer. */
const tooLong = 40;

/** How long a newcomer will wait, by Little's law: those ahead over those whose turn comes per second. Where nobody's does, for ever. */
const longQueue = (waiting: string, turns: string) => promql`
  ${waiting} >= 4
  unless ${waiting} / ${turns} <= ${tooLong}`;

const inLine = sumBy(series(catalogue.admissionWaiting), "job", "queue");
const admitted = sumBy(perSecond(catalogue.admissions, { outcome: "admitted" }), "job", "queue");
/** What the last ones lived through. Little's law is a mean: of a queue in each of many processes it hides those where the line is long. */
const lastWaitedLess = shareWithin(
  catalogue.admissionWait,
  bucketBound(catalogue.admissionWait, tooLong),
  "job",
  "queue",
);
/** Of each process that watches: several may watch one server, or each has one beside it by the same name. */
const ofServer = ["job", "instance", "server", "model"] as const;
const deferred = maxBy(series(catalogue.modelServerDeferred), ...ofServer);
const slots = sumBy(series(catalogue.modelServerSlots), ...ofServer);

const queues: readonly Alert[] = [
  {
    name: "AIWatchAdmissionBacklog",
    severity: "warning",
    expr: promql`
      ${inLine} >= 4
      unless (
        ${inLine} / ${admitted} <= ${tooLong}
        unless ${lastWaitedLess} < 0.95
      )`,
    for: "3m",
    summary: `{{ $labels.job }}: {{ $value }} readers wait in the queue {{ $labels.queue }}, and a newcomer waits for more than ${tooLong} s`,
    description: "The app's own queue, before the model is called: time to first token does not show this wait.",
  },
  {
    name: "AIWatchQueueBacklog",
    severity: "warning",
    expr: longQueue(recorded.queuedInferences.name, recorded.inferences.name),
    for: "3m",
    summary: `{{ $labels.job }}: {{ $value }} inferences wait for {{ $labels.model }}, for more than ${tooLong} s at the present pace`,
    description: "They were given to the engine, and it did not begin to evaluate them.",
  },
  {
    name: "AIWatchModelServerBacklog",
    severity: "warning",
    expr: promql`
      max by (job, server, model) (
        ${deferred}
        > ${slots}
      )`,
    for: "5m",
    summary:
      "The model server {{ $labels.server }} of {{ $labels.job }} lets {{ $value }} requests wait for {{ $labels.model }}",
    description:
      "More requests wait in the server than it has slots: each newcomer waits for longer than a whole answer takes.",
  },
];

/** A counter's part with some outcome, by two labels, over ten minutes. */
function shareOf<Row extends CounterRow>(row: Row, outcome: Matchers<Row>, label: "queue" | "model") {
  const over = "10m";
  const grown = (matchers?: Matchers<Row>) => `sum by (job, ${label}) (${increase(row, over, matchers).promql})`;
  return { part: grown(outcome), all: grown() };
}

function largeShare({ part, all }: { readonly part: string; readonly all: string }, share: number): string {
  return promql`
    ${part}
    / (${all} > 0)
    > ${share}
    and ${part} >= 10`;
}

const left = shareOf(catalogue.admissions, { outcome: "left" }, "queue");
const waits = shareOf(catalogue.firstTokenWaits, { outcome: "aborted" }, "model");
const ended = sumBy(endedAnswers("10m"), "job", "model").promql;
/** Of all readers. An answer in one piece ends no wait for a first token, and one under way has ended its wait and not itself. */
const aborted = { part: waits.part, all: `(${ended} > ${waits.all} or ${waits.all})` };
const refused = shareOf(catalogue.admissions, { outcome: "refused" }, "queue");
const unavailable = {
  part: sumBy(increase(catalogue.errors, "10m", { operation: "http", type: "unavailable" }), "job").promql,
  all: sumBy(increase(catalogue.requestOutcomes, "10m"), "job").promql,
};

const lost: readonly Alert[] = [
  {
    name: "AIWatchReadersGiveUp",
    severity: "warning",
    expr: `${largeShare(left, 0.2)}\nor\n${largeShare(aborted, 0.2)}`,
    for: "5m",
    summary:
      "{{ $labels.job }}: {{ $value | humanizePercentage }} of readers give up{{ with $labels.queue }} in the queue {{ . }}{{ end }}{{ with $labels.model }} before the first token of {{ . }}{{ end }}",
    description: "They are in no time to first token: the percentiles look better than what readers have.",
  },
  {
    name: "AIWatchRefusingRequests",
    severity: "warning",
    expr: `${largeShare(refused, 0.05)}\nor on (job)\n${largeShare(unavailable, 0.05)}`,
    for: "5m",
    summary:
      "{{ $labels.job }} refuses {{ $value | humanizePercentage }} of its readers{{ with $labels.queue }} at the queue {{ . }}{{ end }}",
    description: "A queue of the app's own is full, or it answers 503. Those who are refused are in no latency.",
  },
];

const meanWait = (row: HistogramRow) => mean(row, "job");
const reports = `sum by (job) (increase(${catalogue.clientFirstToken.name}_count[10m]))`;

const elsewhere: Alert = {
  name: "AIWatchBrowserWaitsLonger",
  severity: "warning",
  // means, for the bounds of both are up to 80 s apart where quantiles are guessed. A page that slept reports minutes and moves a mean: it does
  // so for the five minutes that look back to it, and not for ten
  expr: promql`
    ${meanWait(catalogue.clientFirstToken)}
    - ${meanWait(catalogue.requestFirstToken)}
    > 3
    and ${reports} >= 20`,
  for: "10m",
  summary:
    "{{ $labels.job }}: browsers wait {{ $value | humanizeDuration }} longer for the first token than the server measures, on the mean",
  description:
    "The server counts from the request's arrival. What is before and behind it: a proxy that queues or buffers, the network, the page, or a blocked event loop.",
};

export const waitingAlerts: readonly Alert[] = [...queues, ...lost, elsewhere];
