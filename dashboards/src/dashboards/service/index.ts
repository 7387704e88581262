import { catalogue } from "@aiwatch/core";
import { CustomVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard, type Row } from "../dashboard.ts";
import { admitted, waitingInLine, waitsInLine } from "../shared/admission.ts";
import { errorCounts, errorRate } from "../shared/errors.ts";
import { cappedValues, telemetryFaults, tokensOwed, workersOfClusters } from "../shared/faults.ts";
import { variables } from "../variables.ts";
import { durationsOfRequests, requests } from "./http.ts";
import { nodeJs } from "./node.ts";
import { overview } from "./overview.ts";
import { ownMetricsRow, ownMetricVariables } from "./own-metrics.ts";

const errors: Row = { title: "Errors by type", panels: [errorRate(12), errorCounts(12)] };

/** Before a model is asked. */
const queues: Row = { title: "The app's queues", panels: [waitingInLine(8), waitsInLine(8), admitted(8)] };

/** What the figures of the other panels lack, if anything. */
const instruments: Row = {
  title: "AIWatch itself",
  panels: [telemetryFaults(6), cappedValues(6), workersOfClusters(6), tokensOwed(6)],
};

/** Requests that wait for a model take seconds and have traces; the others take none, and would lie over them as one band. */
const inferenceEndpoint = () => {
  const guess = ".*(chat|completion|message|generate|answer|respon|embed|rank|prompt|infer|ask|stream).*";
  const options = [
    { text: "by their names", value: guess, selected: true },
    { text: "all", value: ".+", selected: false },
  ];
  return new CustomVariableBuilder("inference_endpoint")
    .label("Inference endpoints")
    .description("The endpoints that wait for a model. You may type a regular expression of your own.")
    .values(options.map(({ text, value }) => `${text} : ${value}`).join(", "))
    .options(options)
    .current({ text: "by their names", value: guess, selected: true })
    .multi(false)
    .includeAll(false);
};

export const serviceDashboard = dashboard({
  uid: "aiwatch-service",
  title: "AIWatch: service",
  description:
    "HTTP, errors, the app's own queues, Node.js and AIWatch's own faults of an app that serves language models.",
  tags: ["service"],
  variables: [...variables(catalogue.chatTokens), inferenceEndpoint(), ...ownMetricVariables()],
  rows: [overview, requests, durationsOfRequests, errors, queues, nodeJs, instruments, ownMetricsRow],
});
