import fastify from "fastify";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { aiwatchFastify } from "../doors/fastify.ts";
import { aiwatchHono } from "../doors/hono.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { liveStream } from "./index.ts";

const whole = /^retry: 2000\n\nevent: summary\ndata: \{.*\}\n\n$/;

it("an app of Hono's that is called in memory, as on Bun, answers with one summary, again and again", async () => {
  const { aiwatch, requests } = createTestAiwatch();
  const app = new Hono().use(aiwatchHono(aiwatch, { live: liveStream({ maxClients: 1 }), public: true }));
  for (let times = 1; times <= 3; times += 1) {
    const response = await app.request("/metrics/live");
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    expect(await response.text()).toMatch(whole);
    expect(requests).toHaveLength(times);
  }
});

it("an app of Fastify's that is injected a request does so, too", async () => {
  const { aiwatch, requests } = createTestAiwatch();
  const app = fastify();
  await app.register(aiwatchFastify, { aiwatch, live: liveStream({ maxClients: 1 }), public: true });
  for (let times = 1; times <= 2; times += 1) {
    const { statusCode, payload } = await app.inject("/metrics/live");
    expect([statusCode, payload]).toEqual([200, expect.stringMatching(whole)]);
    expect(requests).toHaveLength(times);
  }
});
