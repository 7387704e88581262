import type { IncomingMessage } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { PassThrough } from "node:stream";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import * as v from "valibot";
import { expect, it } from "vitest";
import { readJsonBody } from "../reports/json-body.ts";
import { closeRequest, requestScopes } from "../request/scope.ts";
import { handleSignals } from "../shutdown/handle-signals.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";

/** All that there are, wherever they are found, as fake ones take them over: what is set never fires, and Node's own cannot be cleared. */
function takeTimers(): () => void {
  const timer = { unref: () => timer, ref: () => timer, refresh: () => timer };
  const refuse = () => {
    throw new TypeError("cannot clear a timer that was not created by this clock");
  };
  const fakes = {
    setTimeout: () => timer,
    setInterval: () => timer,
    setImmediate: () => timer,
    clearTimeout: refuse,
    clearInterval: refuse,
    clearImmediate: refuse,
  };
  const never = () => new Promise<never>(() => {});
  const fakePromises = { setTimeout: never, setImmediate: never, setInterval: never };
  const taken: [object, object][] = [
    [globalThis, fakes],
    [timers, fakes],
    [timersPromises, fakePromises],
  ];
  const undos = taken.map(([holder, fake]) => {
    const before = Object.fromEntries(Object.keys(fake).map((name) => [name, Reflect.get(holder, name)]));
    Object.assign(holder, fake);
    return () => Object.assign(holder, before);
  });
  syncBuiltinESMExports();
  return () => {
    for (const undo of undos) undo();
    syncBuiltinESMExports();
  };
}

/** A part of a test that begins before the timers are taken, and one that comes to its end behind them. */
const cases: Readonly<Record<string, (test: TestAiwatch) => () => unknown>> = {
  "the end of a hand-made inference in its grace": ({ aiwatch }) => {
    const scope = { requestId: "r", chat: false, closed: false };
    const inference = requestScopes().run(scope, () => aiwatch.startInference({ model: "tiny" }));
    closeRequest(scope);
    return () => inference.end({ unified: "stop" });
  },
  "a readiness check": ({ aiwatch }) => {
    const answer = aiwatch.health.readiness();
    return async () => {
      expect(await answer).toMatchObject({ ready: true });
      expect(await aiwatch.health.readiness()).toMatchObject({ ready: true });
    };
  },
  "a scrape": ({ aiwatch, registry }) => {
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    return () => registry.metrics();
  },
  "a posted report": () => {
    const body = Object.assign(new PassThrough(), { headers: { "content-type": "application/json" } });
    const read = readJsonBody(body as unknown as IncomingMessage, v.object({}));
    return () => {
      body.end("{}");
      return read;
    };
  },
  "a close": ({ aiwatch }) => {
    let closed = () => {};
    aiwatch.onClose(
      () =>
        new Promise<void>((resolve) => {
          closed = resolve;
        }),
    );
    const closing = aiwatch.close();
    return () => {
      closed();
      return closing;
    };
  },
  "a graceful stop": ({ aiwatch }) => {
    const inference = aiwatch.startInference({ model: "tiny" });
    const exited = new Promise<number>((exit) => {
      handleSignals(aiwatch, { signals: ["SIGUSR2"], drainMs: 1, timeoutMs: 10_000, exit });
    });
    return async () => {
      process.emit("SIGUSR2", "SIGUSR2");
      inference.end({ unified: "stop" });
      expect(await exited).toBe(0);
    };
  },
};

it.each(Object.entries(cases))("%s is no part of a test's fake timers", async (_name, begin) => {
  const test = createTestAiwatch({ health: { eventLoop: true } });
  test.aiwatch.health.addCheck("store", async () => true, { cacheMs: 0 });
  await test.aiwatch.health.readiness();
  const end = begin(test);
  const giveBack = takeTimers();
  try {
    await end();
    await test.aiwatch.close();
  } finally {
    giveBack();
  }
  expect(test.diagnostics).toEqual([]);
});
