import { once } from "node:events";
import { type Aiwatch, type InferenceStart, withHelper } from "@aiwatch/core";
import { type FakeClock, fakeClock } from "@aiwatch/core/testing";
import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import type { DoorUnderTest } from "./doors.ts";
import { rawClient, requestText } from "./raw-client.ts";
import { serveWith } from "./served-app.ts";
import type { RawAnswer } from "./test-route.ts";

const name = "genai_app_request_first_token_seconds";

interface Stage {
  readonly aiwatch: Aiwatch;
  readonly clock: FakeClock;
  /** One inference that has its first token after `ms`, and ends at once. */
  answer(ms: number, start?: Partial<InferenceStart>): void;
}

/** An app that answers `/chat` by a clock that stands still. */
async function serveChat(door: DoorUnderTest, answer: (stage: Stage, ...exchange: Parameters<RawAnswer>) => unknown) {
  const clock = fakeClock(1000);
  const app = await serveWith(
    (aiwatch) => {
      const stage: Stage = {
        aiwatch,
        clock,
        answer(ms, start) {
          const inference = aiwatch.startInference({ model: "tiny", ...start });
          clock.advance(ms);
          inference.token();
          inference.end({ unified: "stop" });
        },
      };
      const raw: RawAnswer = (req, res) => answer(stage, req, res);
      return door.build(aiwatch, [{ path: "/chat", raw }]);
    },
    { clock },
  );
  const waits = async () => [
    await app.sample(`${name}_count`, { model: "tiny" }),
    await app.sample(`${name}_sum`, { model: "tiny" }),
  ];
  return { ...app, waits, clock };
}

/** What a request's reader waits for its first token. */
export const readerWaits: readonly Behaviour[] = [
  {
    name: "times a request's first token from its arrival, with what lay before the model, while the answer goes on",
    async test(door) {
      const whileItGoesOn: unknown[] = [];
      const app = await serveChat(door, async ({ aiwatch, clock, answer }, _req, res) => {
        clock.advance(100);
        withHelper(() => answer(50));
        answer(20, { forReader: false });
        answer(30, { operation: "embeddings" });
        clock.advance(5);
        aiwatch.startInference({ model: "tiny" }).abort();
        const inference = aiwatch.startInference({ model: "tiny" });
        clock.advance(250);
        inference.token();
        whileItGoesOn.push(...(await app.waits()));
        clock.advance(1000);
        inference.end({ unified: "tool_calls" });
        answer(70);
        res.end("answered");
      });
      expect(await (await fetch(`${app.url}/chat`)).text()).toBe("answered");
      const [record] = await app.settled(1);
      const waits = { requestFirstTokenMs: 455, beforeModelMs: 205 };
      expect(record).toMatchObject({ ...waits, chat: true, durationMs: 1525 });
      expect(whileItGoesOn).toEqual([1, 0.455]);
      expect(await app.waits()).toEqual([1, 0.455]);
      const told = app.inferences.map(({ requestFirstTokenMs, beforeModelMs }) => [requestFirstTokenMs, beforeModelMs]);
      const none = [undefined, undefined];
      expect(told).toEqual([none, none, none, none, [455, 205], none]);
      expect(app.inferences[4]).toMatchObject({ firstTokenMs: 250 });
      for (const each of app.inferences.toSpliced(4, 1)) expect(each).not.toHaveProperty("requestFirstTokenMs");
      const attributes = { "aiwatch.request.first_token_time": 0.455, "aiwatch.request.before_model_time": 0.205 };
      expect(app.spans()[0]?.attributes).toMatchObject(attributes);
      const withWait = app.allSpans().filter((span) => "aiwatch.request.first_token_time" in span.attributes);
      expect(withWait.map((span) => span.spanContext().spanId).toSorted()).toEqual(
        [record?.spanId, app.inferences[4]?.spanId].toSorted(),
      );
      const snapshot = (await app.registry.getSingleMetric(name)?.get()) as unknown as { values: object[] };
      const { traceId: trace_id, spanId: span_id } = app.inferences[4]!;
      const [kept] = snapshot.values.filter((value) => "exemplar" in value && value.exemplar !== undefined);
      expect(kept).toMatchObject({ labels: { le: 0.5 }, exemplar: { labelSet: { trace_id, span_id }, value: 0.455 } });
    },
  },
  {
    name: "says nothing of a first token where helpers alone ran, and calls that no chat",
    async test(door) {
      const app = await serveChat(door, ({ answer }, _req, res) => {
        withHelper(() => answer(50));
        res.end("a title");
      });
      await (await fetch(`${app.url}/chat`)).text();
      const [record] = await app.settled(1);
      expect(record).toMatchObject({ chat: false, durationMs: 50 });
      for (const told of [record, ...app.inferences]) {
        expect(told).not.toHaveProperty("requestFirstTokenMs");
        expect(told).not.toHaveProperty("beforeModelMs");
      }
      expect(await app.waits()).toEqual([undefined, undefined]);
      expect(await app.sample("genai_app_first_token_latency_seconds_count", { model: "tiny" })).toBe(1);
      expect(app.aiwatch.summary().averages).toMatchObject({ responseMs: null, firstTokenMs: 50 });
    },
  },
  {
    name: "leaves out a first token that came after the request was closed",
    async test(door) {
      let begin = () => {};
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      let answerLate = () => {};
      const app = await serveChat(door, async ({ aiwatch, clock }, _req, res) => {
        const inference = aiwatch.startInference({ model: "tiny" });
        answerLate = () => {
          clock.advance(10);
          inference.token();
          inference.end({ unified: "stop" });
        };
        const closed = once(res, "close");
        begin();
        await closed;
      });
      const client = await rawClient(app.port);
      client.socket.write(requestText("/chat"));
      await begun;
      client.socket.destroy();
      const [record] = await app.settled(1);
      answerLate();
      expect(record).toMatchObject({ status: 499, chat: true });
      for (const told of [record, ...app.inferences]) expect(told).not.toHaveProperty("requestFirstTokenMs");
      expect(app.inferences).toMatchObject([{ firstTokenMs: 10 }]);
      expect(await app.waits()).toEqual([undefined, undefined]);
    },
  },
];
