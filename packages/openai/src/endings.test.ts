import { setImmediate } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { recordSpans, type SpanRecorder } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { observeFetch } from "./observe-fetch.ts";
import { endingRows } from "./test-support/endings/rows.ts";
import { modelServer } from "./test-support/model-server.ts";

let recorder: SpanRecorder;
beforeAll(() => {
  recorder = recordSpans();
});
afterAll(() => recorder.stop());

describe("a call of a model server ends once, and its app has what it has without us", () => {
  it.each(endingRows)("$name", async ({ server: script, app, record }) => {
    const server = await modelServer(script);
    const bare = await app(fetch, server.url, server);
    recorder.reset();
    const { aiwatch, inferences, diagnostics } = createTestAiwatch();
    const observed = await app(observeFetch(fetch, { aiwatch }), server.url, server);
    await vi.waitFor(() => expect(inferences).toHaveLength(1), 10_000);
    const seen = inferences[0];
    await server.close();
    await setImmediate();
    expect(observed).toEqual(bare);
    expect(Object.fromEntries(Object.keys(record).map((name) => [name, Reflect.get(Object(seen), name)]))).toEqual(
      record,
    );
    expect(inferences).toHaveLength(1);
    expect(diagnostics).toEqual([]);
    expect(recorder.spans().map(({ attributes }) => attributes["aiwatch.finish_reason"])).toEqual([
      seen?.finishReason.unified,
    ]);
    const requests = server.received.map(({ headers: { host: _host, ...headers }, ...received }) => ({
      headers,
      ...received,
    }));
    expect(requests.slice(requests.length / 2)).toEqual(requests.slice(0, requests.length / 2));
  });
});
