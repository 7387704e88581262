import { type TestServer, testServer } from "@aiwatch/testkit";
import { context, propagation } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { currentTrace, keepRecentTraces, startTracing, withSpan } from "./index.ts";
import { traceHeaders } from "./propagation.ts";
import { cleanTracing } from "./test-support/clean-tracing.ts";

cleanTracing();

type Seen = Record<string, unknown>;

let model: TestServer;
let stranger: TestServer;
let atModel: Seen[];
let atStranger: Seen[];

beforeEach(async () => {
  [atModel, atStranger] = [[], []];
  stranger = await testServer((request, response) => {
    atStranger.push(traceOf(request.headers));
    response.end("stranger");
  });
  model = await testServer((request, response) => {
    atModel.push(traceOf(request.headers));
    const to = new URL(request.url ?? "/", model.url).searchParams.get("to");
    if (to === null) request.pipe(response);
    else response.writeHead(307, { location: to }).end();
  });
});
afterEach(() => Promise.all([model.close(), stranger.close()]));

function traceOf({ traceparent, tracestate, baggage }: Seen): Seen {
  return Object.fromEntries(
    Object.entries({ traceparent, tracestate, baggage }).filter(([, value]) => value !== undefined),
  );
}

const started = () => startTracing({ spanProcessors: [keepRecentTraces()], propagateTo: [`${model.url}/v1`] });

/** Runs `action` in a span with baggage. @returns the header of that span */
function inTrace(action: () => Promise<unknown>): Promise<string> {
  const baggage = propagation.createBaggage({ tenant: { value: "7" } });
  return context.with(propagation.setBaggage(context.active(), baggage), () =>
    withSpan("answer", async () => {
      await action();
      const { traceId, spanId } = currentTrace() ?? {};
      return `00-${traceId}-${spanId}-01`;
    }),
  );
}

describe("propagateTo", () => {
  it.each<[string, () => Promise<Response>]>([
    ["a text", () => fetch(`${model.url}/x`, { method: "POST", body: "hello" })],
    ["a URL", () => fetch(new URL(model.url), { method: "PUT", body: new Blob(["hello"]) })],
    ["a Request", () => fetch(new Request(model.url, { method: "POST", body: "hello", headers: { "x-own": "1" } }))],
    ["a Request with others", () => fetch(new Request(model.url), { method: "POST", body: "hello", headers: [] })],
  ])("gives a fetch of %s the active trace and its baggage", async (_, request) => {
    started();
    let answer = "";
    const traceparent = await inTrace(async () => {
      answer = await (await request()).text();
    });
    expect(atModel).toEqual([{ traceparent, baggage: "tenant=7" }]);
    expect(answer).toBe("hello");
  });

  it("gives each of many at once its own, on connections that are used again", async () => {
    started();
    const expected = await Promise.all(
      Array.from({ length: 20 }, () => inTrace(async () => (await fetch(model.url)).text())),
    );
    expect(atModel.map(({ traceparent }) => traceparent).sort()).toEqual(expected.sort());
  });

  it("gives other origins nothing", async () => {
    started();
    await inTrace(async () => {
      await fetch(stranger.url);
      await fetch(stranger.url.replace("127.0.0.1", "localhost"));
    });
    expect(atStranger).toEqual([{}, {}]);
  });

  it("does not follow a redirect to another origin, and does within one", async () => {
    started();
    const target = encodeURIComponent(stranger.url);
    const traceparent = await inTrace(async () => {
      const response = await fetch(`${model.url}/?to=${encodeURIComponent(`/?to=${target}`)}`);
      expect([response.redirected, await response.text()]).toEqual([true, "stranger"]);
    });
    const ours = { traceparent, baggage: "tenant=7" };
    expect({ atModel, atStranger }).toEqual({ atModel: [ours, ours], atStranger: [{}] });
  });

  it("leaves headers as they are that the app sets", async () => {
    started();
    const own = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, tracestate: "app=1" };
    await inTrace(async () => {
      await fetch(model.url, { headers: { TraceParent: own.traceparent, tracestate: own.tracestate } });
      await fetch(model.url, { headers: { ...own, baggage: "mine=1" } });
      await fetch(model.url, { headers: { Baggage: "mine=1" } });
    });
    expect(atModel).toEqual([
      { ...own, baggage: "tenant=7" },
      { ...own, baggage: "mine=1" },
      { traceparent: expect.any(String), baggage: "mine=1" },
    ]);
  });

  it("comes from the environment, too, and nobody is named by default", async () => {
    const first = startTracing({ spanProcessors: [keepRecentTraces()] });
    await inTrace(() => fetch(model.url));
    await first.shutdown();
    vi.stubEnv("AIWATCH_PROPAGATE_TO", `http://elsewhere:1, ${model.url}`);
    started();
    const traceparent = await inTrace(() => fetch(model.url));
    expect(atModel).toEqual([{}, { traceparent, baggage: "tenant=7" }]);
  });

  it("speaks as OTEL_PROPAGATORS says", async () => {
    vi.stubEnv("OTEL_PROPAGATORS", "baggage");
    started();
    await inTrace(() => fetch(model.url));
    expect(atModel).toEqual([{ baggage: "tenant=7" }]);
  });

  it("ends with the shutdown", async () => {
    await started().shutdown();
    await inTrace(() => fetch(model.url));
    expect(atModel).toEqual([{}]);
    expect(traceHeaders(model.url)).toEqual({});
  });

  it("has no part in a fault of a propagator: the request is sent, and one warning says so", async () => {
    started();
    propagation.disable();
    const inject = () => {
      throw new Error("canary");
    };
    propagation.setGlobalPropagator({ inject, extract: (from) => from, fields: () => [] });
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    for (let i = 0; i < 2; i++) expect((await fetch(model.url)).status).toBe(200);
    expect(warn.mock.calls).toEqual([
      [
        "adding trace headers to a request failed: Error. AIWatch caught it.",
        expect.objectContaining({ code: "AIWATCH_FAULT" }),
      ],
    ]);
    warn.mockRestore();
  });
});

describe("traceHeaders", () => {
  it("are those of the active trace, for an origin that may see them", async () => {
    started();
    let headers = {};
    const traceparent = await inTrace(async () => {
      headers = traceHeaders(new URL("/other/path", model.url));
      expect(traceHeaders(stranger.url)).toEqual({});
      expect(traceHeaders("no URL")).toEqual({});
    });
    expect(headers).toEqual({ traceparent, baggage: "tenant=7" });
    expect(traceHeaders(model.url)).toEqual({});
  });
});
