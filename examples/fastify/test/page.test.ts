import { Readable } from "node:stream";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { keepRecentTraces } from "@aiwatch/tracing";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "../src/app.js";

let app: Awaited<ReturnType<typeof createApp>>;
let url: string;

beforeAll(async () => {
  const { aiwatch } = createTestAiwatch();
  const chat = { answer: () => Readable.from(["hi"]) };
  app = await createApp({ aiwatch, chat, traces: keepRecentTraces(), logger: pino({ level: "silent" }) });
  url = await app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(() => app.close());

test("the page of the Express demo is whole here, too, and may load nothing from elsewhere", async () => {
  const page = await fetch(`${url}/`);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  const files = [...(await page.text()).matchAll(/(?:href|src)="(\/page\/[^"]+)"/g)].map(([, file]) => file);
  expect(files).toHaveLength(8);
  const types = await Promise.all(
    [...files, "/page/web-vitals.js"].map(async (file) => (await fetch(url + file)).headers.get("content-type")),
  );
  expect(new Set(types)).toEqual(
    new Set(["image/svg+xml", "text/css; charset=utf-8", "text/javascript; charset=utf-8"]),
  );
  expect((await fetch(`${url}/page/..%2Fapp.js`)).status).toBe(404);
});

test("what its panel reads is served: the figures, the chats, and both as a stream", async () => {
  const answers = await Promise.all(
    ["/metrics/summary", "/metrics/chats", "/metrics/live"].map((path) => fetch(url + path)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  await Promise.all(answers.map(({ body }) => body?.cancel()));
});
