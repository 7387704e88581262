import { describe, expect, it } from "vitest";
import { adapterOf } from "../adapter/index.ts";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { catalogue } from "../catalogue/reference.ts";
import {
  admissionOutcomes,
  chatPhases,
  clientOutcomes,
  clientSpanOutcomes,
  errorTypes,
  requestOutcomes,
} from "../catalogue/values.ts";
import { clientReports } from "../reports/client-reports.ts";
import { brokenOff, complete, leftByClient } from "../request/ending.ts";
import { keep } from "../test-support/keep.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";

type Event = () => unknown;
type Labels = Readonly<Record<string, string | number>>;

interface Watched {
  readonly what: string;
  readonly row: { readonly name: string };
  readonly labels: Labels;
  /** The app runs, and a scrape comes after this. @returns what is then counted */
  prepare(test: TestAiwatch): Event;
}

const model = "tiny";
const start = ({ aiwatch }: TestAiwatch) => {
  const inference = keep(aiwatch.startInference({ model }));
  inference.evaluationBegun();
  return inference;
};
const ended = (prepare: (inference: ReturnType<typeof start>) => void) => (test: TestAiwatch) => {
  const inference = start(test);
  return () => {
    prepare(inference);
    inference.end({ unified: "stop" });
  };
};
const tool = (end: (handle: ReturnType<ReturnType<typeof start>["startTool"]>) => void) => (test: TestAiwatch) => {
  const handle = start(test).startTool({ name: "t" });
  return () => end(handle);
};
const errors = (operation: string, type: string, prepare: Watched["prepare"]): Watched => ({
  what: `a failure of ${operation}`,
  row: catalogue.errors,
  labels: { operation, type },
  prepare,
});
const noise = { method: "GET", path: "/", route: "/", durationMs: 1, startedAt: new Date(), requestId: "1" };
const flags = { aborted: false, logged: false, own: false, chat: false };

const endingOf = (status: number) => (status === 499 ? leftByClient(true) : complete(status, true));

/** What a server that is watched counts. */
const servedCounts = [
  [catalogue.modelServerRestarts, "restarts"],
  [catalogue.llamaCppServerPromptEvalTokens, "promptEvalTokens"],
  [catalogue.llamaCppServerCachedPromptTokens, "cachedPromptTokens"],
  [catalogue.llamaCppServerPromptEval, "promptEvalSeconds"],
  [catalogue.llamaCppServerOutputTokens, "outputTokens"],
  [catalogue.llamaCppServerDecode, "decodeSeconds"],
  [catalogue.llamaCppServerDecodes, "decodes"],
] as const;

/** Each counter that an alert may watch, and what happens first after a scrape that came while the app was at work. */
const watched: readonly Watched[] = [
  errors("inference", "engine_error", (test) => {
    const inference = start(test);
    return () => inference.fail(new Error("x"), "engine_error");
  }),
  errors(
    "tool",
    "tool_failed",
    tool((handle) => handle.fail(new Error("x"), "tool_failed")),
  ),
  errors(
    "http",
    "internal",
    ({ aiwatch }) =>
      () =>
        hostOf(aiwatch).recorder.requestEnded({ ...noise, ...flags, status: 500, failure: { type: "internal" } }),
  ),
  ...([200, 404, 499, 500] as const).map((status, index) => ({
    what: `a request that ends with ${status}`,
    row: catalogue.requestOutcomes,
    labels: { outcome: requestOutcomes[index] as string },
    prepare:
      ({ aiwatch }: TestAiwatch) =>
      () =>
        hostOf(aiwatch).recorder.requestEnded({ ...noise, ...flags, ...endingOf(status) }),
  })),
  errors("client", "network", ({ aiwatch }) => {
    clientReports().open(aiwatch, "error");
    return () => hostOf(aiwatch).instruments.errors.add({ type: "network", operation: "client" });
  }),
  ...clientOutcomes.map((outcome) => ({
    what: `an answer that ends in a browser as ${outcome}`,
    row: catalogue.clientAnswers,
    labels: { outcome },
    prepare: ({ aiwatch }: TestAiwatch) => {
      clientReports().open(aiwatch, "browser");
      return () => hostOf(aiwatch).instruments.clientAnswers.add({ outcome });
    },
  })),
  ...clientSpanOutcomes.map((outcome) => ({
    what: `a browser's span that is ${outcome}`,
    row: catalogue.clientSpans,
    labels: { outcome },
    prepare: ({ aiwatch }: TestAiwatch) => {
      clientReports().open(aiwatch, "browser");
      return () => hostOf(aiwatch).instruments.clientSpans.add({ outcome });
    },
  })),
  ...(["stop", "length", "aborted", "error"] as const).map((finish_reason) => ({
    what: `an inference that ends as ${finish_reason}`,
    row: catalogue.inferences,
    labels: { model, operation: "chat", finish_reason },
    prepare: (test: TestAiwatch) => {
      const inference = start(test);
      if (finish_reason === "aborted") return () => inference.abort();
      if (finish_reason === "error") return () => inference.fail(new Error("x"));
      return () => inference.end({ unified: finish_reason });
    },
  })),
  {
    what: "a chat",
    row: catalogue.chats,
    labels: { model },
    prepare: ended(() => {}),
  },
  ...chatPhases.map(
    (phase): Watched => ({
      what: `a second of chats at ${phase}`,
      row: catalogue.chatPhases,
      labels: { model, phase },
      prepare: (test) => {
        start(test);
        return () => hostOf(test.aiwatch).instruments.chatPhases.add({ model, phase });
      },
    }),
  ),
  {
    what: "a prompt's token",
    row: catalogue.chatTokens,
    labels: { model, direction: "input" },
    prepare: ended((inference) => inference.promptTokens(1)),
  },
  {
    what: "a generated token",
    row: catalogue.chatTokens,
    labels: { model, direction: "output" },
    prepare: ended((inference) => inference.token()),
  },
  {
    what: "a cached token",
    row: catalogue.cachedPromptTokens,
    labels: { model },
    prepare: ended((inference) => inference.promptTokens(0, 1)),
  },
  {
    what: "a thought",
    row: catalogue.reasoningTokens,
    labels: { model },
    prepare: ended((inference) => inference.reasoningTokens(1)),
  },
  {
    what: "a token that nobody got",
    row: catalogue.undeliveredTokens,
    labels: { model },
    prepare: ended((inference) => inference.undeliveredTokens(1)),
  },
  {
    what: "a token that was prefilled",
    row: catalogue.promptEvalTokens,
    labels: { model },
    prepare: ended((inference) => inference.prefilled(1)),
  },
  {
    what: "a context shift",
    row: catalogue.contextShifts,
    labels: { model },
    prepare: ended((inference) => inference.contextShift()),
  },
  {
    what: "a bad inference",
    row: catalogue.sloInferences,
    labels: { model, outcome: "bad" },
    prepare: (test) => {
      const inference = start(test);
      return () => inference.fail(new Error("x"));
    },
  },
  {
    what: "a good inference",
    row: catalogue.sloInferences,
    labels: { model, outcome: "good" },
    prepare: ended(() => {}),
  },
  ...(["got", "aborted", "failed"] as const).map((outcome) => ({
    what: `a wait for a first token that ends as ${outcome}`,
    row: catalogue.firstTokenWaits,
    labels: { model, outcome },
    prepare: (test: TestAiwatch) => {
      const inference = start(test);
      if (outcome === "got") return () => inference.token();
      if (outcome === "aborted") return () => inference.abort();
      return () => inference.fail(new Error("x"));
    },
  })),
  ...(["ok", "error", "aborted"] as const).map((outcome) => ({
    what: `a tool call that ends as ${outcome}`,
    row: catalogue.toolCalls,
    labels: { model, tool: "t", outcome },
    prepare: tool((handle) => {
      if (outcome === "ok") handle.end();
      else if (outcome === "error") handle.fail(new Error("x"));
      else handle.abort();
    }),
  })),
  ...admissionOutcomes.map((outcome) => ({
    what: `an entry of a queue that ends as ${outcome}`,
    row: catalogue.admissions,
    labels: { queue: "line", outcome },
    prepare: ({ aiwatch }: TestAiwatch) => {
      const admission = aiwatch.admission({ queue: "line" });
      return () => admission.enter()[outcome]();
    },
  })),
  ...servedCounts.map(([row, figure]) => ({
    what: `what a watched server counts as ${figure}`,
    row,
    labels: figure === "restarts" ? { server: "s" } : { server: "s", model },
    prepare: ({ aiwatch }: TestAiwatch) => {
      let count = 0;
      const models = () => (figure === "restarts" ? [] : [{ model, [figure]: count }]);
      const read = async () => ({ isUp: true, restarts: count, models: models() });
      adapterOf(aiwatch, { name: "any-engine" }).watchServer("s", read);
      return () => {
        count += 1;
      };
    },
  })),
  {
    what: "a fault of ours",
    row: catalogue.telemetryErrors,
    labels: { source: "observer" },
    prepare:
      ({ aiwatch }) =>
      () =>
        hostOf(aiwatch).diagnostics.fault("observer", "x", new Error("x")),
  },
  {
    what: "a span that is lost",
    row: catalogue.spansDropped,
    labels: {},
    prepare:
      ({ aiwatch }) =>
      () =>
        hostOf(aiwatch).instruments.spansDropped.add({}, 1),
  },
  {
    what: "a route over the cap",
    row: catalogue.seriesDropped,
    labels: { metric: catalogue.httpRequests.name },
    prepare: ({ aiwatch }) => {
      const { instruments } = hostOf(aiwatch);
      const visit = (n: number) => instruments.httpRequests.add({ method: "GET", endpoint: `/${n}`, status: "200" });
      const { cap } = catalogue.httpRequests.labels.endpoint;
      for (let n = 0; n < cap; n += 1) visit(n);
      return () => visit(cap);
    },
  },
  {
    what: "a model over the cap",
    row: catalogue.seriesDropped,
    labels: { metric: catalogue.inferences.name },
    prepare: ({ aiwatch }) => {
      const { cap } = catalogue.inferences.labels.model;
      for (let n = 0; n < cap; n += 1) aiwatch.startInference({ model: `m${n}` }).abort();
      return () => aiwatch.startInference({ model: "late" }).abort();
    },
  },
  {
    what: "a queue over the cap",
    row: catalogue.seriesDropped,
    labels: { metric: catalogue.admissions.name },
    prepare: ({ aiwatch }) => {
      const { cap } = catalogue.admissions.labels.queue;
      for (let n = 0; n < cap; n += 1) aiwatch.admission({ queue: `q${n}` });
      const late = aiwatch.admission({ queue: "late" });
      return () => late.enter().left();
    },
  },
  {
    what: "a tool over the cap",
    row: catalogue.seriesDropped,
    labels: { metric: catalogue.toolCalls.name },
    prepare: (test) => {
      const inference = start(test);
      const { cap } = catalogue.toolCalls.labels.tool;
      for (let n = 0; n < cap; n += 1) inference.startTool({ name: `t${n}` }).end();
      return () => inference.startTool({ name: "late" }).end();
    },
  },
];

/** Counters that no alert can watch from their first event on, and why. */
const unknowable: Readonly<Record<string, string>> = {
  [catalogue.httpRequests.name]:
    "routes and their statuses are not known before: request_outcomes_total tells what became of all",
  [catalogue.speculativeTokens.name]: "whether a context drafts tokens is known once it has",
};

const oddities = { TypeError: new TypeError("x"), RangeError: new RangeError("x") };
const failFast = ({ aiwatch }: TestAiwatch) => aiwatch.startInference({ model }).fail(new Error("x"), "engine_error");
const callFast = (test: TestAiwatch) => start(test).startTool({ name: "t" }).fail(oddities.RangeError);

/** First events of counters that else begin at 0: between two scrapes, or of a class that nobody could know. */
const bornLate: readonly (Omit<Watched, "prepare"> & { readonly event: (test: TestAiwatch) => void })[] = [
  {
    what: "an inference that fails with an error of a class of its own",
    row: catalogue.errors,
    labels: { operation: "inference", type: "TypeError" },
    event: (test) => start(test).fail(oddities.TypeError),
  },
  {
    what: "a tool that fails with an error of a class of its own",
    row: catalogue.errors,
    labels: { operation: "tool", type: "RangeError" },
    event: callFast,
  },
  {
    what: "a model's very first inference, if it ends before the next scrape",
    row: catalogue.inferences,
    labels: { model, operation: "chat", finish_reason: "error" },
    event: failFast,
  },
  {
    what: "the same, by its objectives",
    row: catalogue.sloInferences,
    labels: { model, outcome: "bad" },
    event: failFast,
  },
  {
    what: "a tool's very first call, if it ends before the next scrape",
    row: catalogue.toolCalls,
    labels: { model, tool: "t", outcome: "error" },
    event: callFast,
  },
  {
    what: "a request of a route that answers so for the first time",
    row: catalogue.httpRequests,
    labels: { method: "GET", endpoint: "/", status: "500" },
    event: ({ aiwatch }) =>
      hostOf(aiwatch).recorder.requestEnded({ ...noise, ...flags, status: 500, failure: { type: "internal" } }),
  },
];

/** What an alert watches: the failures of each operation, of whatever type and model. */
async function failures({ registry }: TestAiwatch): Promise<Record<string, number>> {
  const { values } = await registry.getSingleMetric(catalogue.errors.name)!.get();
  const sums: Record<string, number> = {};
  for (const { labels, value } of values) {
    const operation = String(labels["operation"]);
    sums[operation] = (sums[operation] ?? 0) + value;
  }
  return sums;
}

describe("a first event that is no increase of its own series", () => {
  it.each(bornLate.map((each) => [each.what, each] as const))(
    "%s: the sum of the failures was 0 before, and rises",
    async (_what, { row, labels, event }) => {
      const test = createTestAiwatch({ slo: { latencyMs: 1e9 } });
      expect(await failures(test)).toEqual({ http: 0, inference: 0, tool: 0 });
      expect(await test.sample(row.name, labels)).toBe(undefined);
      event(test);
      expect(await test.sample(row.name, labels)).toBe(1);
      const after = await failures(test);
      expect(Object.values(after).toSorted()).toEqual([0, 0, 1]);
    },
  );

  it("is named by the reference, with what an alert asks for instead", () => {
    expect(catalogue.errors.definition).toContain(
      `increase(sum by (job, instance, operation) (${catalogue.errors.name})`,
    );
    expect(catalogue.httpRequests.definition).toContain('genai_app_errors_total{operation="http"}');
    expect(catalogue.httpRequests.definition).toContain(catalogue.requestOutcomes.name);
  });

  it("is none of a request's failures: all their types begin at 0", () => {
    const statuses = Array.from({ length: 100 }, (_, n) => 500 + n);
    const endings = [
      ...statuses.map((status) => complete(status, true)),
      brokenOff(200, false),
      brokenOff(undefined, true),
    ];
    for (const { failure } of endings) expect(errorTypes.http).toContain(failure?.type);
  });
});

describe("the first event that a counter counts", () => {
  it.each(watched.map((each) => [each.what, each.row.name, each] as const))(
    "%s is an increase of 1: %s was 0 at the scrape before",
    async (_what, name, { labels, prepare }) => {
      const test = createTestAiwatch({ slo: { latencyMs: 1e9 } });
      const event = prepare(test);
      expect(await test.sample(name, labels)).toBe(0);
      event();
      expect(await test.sample(name, labels)).toBe(1);
      await test.aiwatch.close();
    },
  );

  it("is looked at for each counter that there is", () => {
    const counters = Object.values(catalogue).filter(({ type }) => type === "counter");
    const looked = new Set([...watched.map(({ row }) => row.name), ...Object.keys(unknowable)]);
    expect(counters.map(({ name }) => name).filter((name) => !looked.has(name))).toEqual([]);
  });
});

const linesOf = async ({ registry }: TestAiwatch, pattern: RegExp) =>
  (await registry.metrics()).split("\n").filter((line) => pattern.test(line));

describe("what an app does not use has no series", () => {
  it("a fresh process shows neither models, nor queues, nor browsers, nor objectives, nor what llama.cpp measures", async () => {
    const test = createTestAiwatch();
    expect(await linesOf(test, /^genai_app_(llamacpp|model_server|client|slo|inferences|chat|admission)/)).toEqual([]);
    expect(await linesOf(test, /operation="client"/)).toEqual([]);
    expect(await linesOf(test, /^genai_app_series_dropped_total/)).toEqual([
      'genai_app_series_dropped_total{metric="genai_app_http_requests_total"} 0',
      'genai_app_series_dropped_total{metric="genai_app_http_request_duration_seconds"} 0',
      'genai_app_series_dropped_total{metric="genai_app_errors_total"} 0',
    ]);
  });

  it("only metrics whose labels can go over a cap have a count of that", async () => {
    const test = createTestAiwatch({ slo: { latencyMs: 5 } });
    const inference = start(test);
    inference.startTool({ name: "t" }).end();
    inference.speculativeTokens({ used: 1, unused: 0, refuted: 0 });
    inference.end({ unified: "stop" });
    hostOf(test.aiwatch).decodeBatches(model)(5);
    test.aiwatch.admission({ queue: "line" });
    adapterOf(test.aiwatch, { name: "any-engine" }).watchServer("s", async () => undefined);
    test.aiwatch.health.reportVersion("my-engine", "1");
    test.aiwatch.reportModel(model, { info: { gpu: "cpu" }, contextSize: 5, modelMemoryBytes: 1, promptEvalMs: 1 });
    await test.registry.metrics();
    const counted = await linesOf(test, /^genai_app_series_dropped_total/);
    const names = counted.map((line) => /metric="(\w+)"/.exec(line)?.[1]);
    const isLimited = ({ name }: { name: string }) => /_info$|_(model|llamacpp)_server_/.test(name);
    const ofGauges = Object.values(catalogue).filter((row) => row.type === "gauge" && !isLimited(row));
    expect(names.filter((name) => ofGauges.some((row) => row.name === name))).toEqual([]);
    const isCapped = (labels: object) => Object.values(labels).some((rule) => !("values" in rule));
    const able = Object.values(catalogue).filter(
      (row) => isCapped(row.labels) && !ofGauges.some(({ name }) => name === row.name),
    );
    const notItself = able.map(({ name }) => name).filter((name) => name !== catalogue.seriesDropped.name);
    expect(names.toSorted()).toEqual(notItself.toSorted());
  });

  it("browsers' series begin at 0 where their doors are open", async () => {
    const test = createTestAiwatch();
    clientReports().open(test.aiwatch, "error");
    clientReports().open(test.aiwatch, "log");
    expect(await linesOf(test, /^genai_app_client_(answers|spans)_total/)).toEqual([]);
    expect(await linesOf(test, /operation="client"/)).toHaveLength(errorTypes.client.length);
    expect(await test.sample("genai_app_client_response_seconds_count")).toBe(0);
    expect(await test.sample("genai_app_client_first_token_seconds_count")).toBe(0);
  });

  it("objectives have series where there are some", async () => {
    const [none, some] = [createTestAiwatch(), createTestAiwatch({ slo: { latencyMs: 5 } })];
    for (const test of [none, some]) start(test);
    expect(await linesOf(none, /^genai_app_slo/)).toEqual([]);
    expect(await linesOf(some, /^genai_app_slo.* 0$/)).toHaveLength(2);
  });
});
