import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { adapterOf } from "../adapter/index.ts";
import { joinCluster } from "../cluster/join-cluster.ts";
import { aiwatchExpress } from "../doors/express.ts";
import { aiwatchNode } from "../doors/node.ts";
import { createAiwatch, metricsHandler, routeHandler } from "../index.ts";
import { otelMetrics } from "../otel/otel-metrics.ts";
import { clientReports } from "../reports/index.ts";
import { handleSignals } from "../shutdown/index.ts";

const aiwatch = createAiwatch({ registry: new Registry() });
const engine = { name: "tiny-engine" };
function listener() {
  return "its source stays out of messages";
}

describe("what is no instance is an error where it is handed over, and not at a request or a signal", () => {
  it.each([
    ["an object", () => aiwatchExpress({ routes: false } as never)],
    ["an object", () => aiwatchNode(listener, { routes: false } as never)],
    ["the function listener", () => aiwatchNode(aiwatch as never, listener as never)],
    ["an object", () => handleSignals({ drainMs: 1 } as never)],
    ["undefined", () => handleSignals(undefined as never)],
    ["an object", () => joinCluster({ timeoutMs: 1 } as never)],
    ["an object", () => metricsHandler({} as never)],
    ["an object", () => routeHandler({} as never, "health")],
    ["undefined", () => adapterOf(undefined as never, engine)],
    ["null", () => adapterOf(null as never, engine)],
  ])("%s: %s", (shown, use) => {
    const message = `the instance is ${shown}, expected what createAiwatch() returns`;
    expect(use).toThrow(expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message }));
  });

  it.each([[undefined], ["tiny-engine"], [{}]])("an engine is an object with a name: %j", (wrong) => {
    const message = expect.stringContaining('expected an object with its name, such as { name: "my-engine" }');
    expect(() => adapterOf(aiwatch, wrong as never)).toThrow(
      expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message }),
    );
  });
});

describe("a function that was to be called", () => {
  it("is no observer", () => {
    expect(() => createAiwatch({ registry: new Registry(), observers: [otelMetrics as never] })).toThrow(
      "the option observers[0] is the function otelMetrics, expected an observer: call the function that makes it",
    );
  });

  it("is no reports, and its source is not in the message", () => {
    expect(() => aiwatchExpress(aiwatch, { reports: clientReports as never })).toThrow(
      /^reports is the function clientReports, expected what clientReports\(\) of @aiwatch\/core\/reports returns$/,
    );
  });
});

it("otelMetrics quotes what it was given", () => {
  expect(() => otelMetrics({ enabled: "yes" as never })).toThrow(
    'the option enabled of otelMetrics is "yes", expected true or false',
  );
});
