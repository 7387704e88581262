import { createAiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { testServer } from "@aiwatch/testkit";
import express from "express";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { createLogger } from "./create-logger.ts";
import { logTo } from "./log-to.ts";
import { capturedLines } from "./test-support/captured-lines.ts";

it("the app's lines, the inference's and the request's are found by one request id", async () => {
  const captured = capturedLines();
  const logger = createLogger({ destination: captured, component: "app" });
  let tell = () => {};
  const requested = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const aiwatch = createAiwatch({
    registry: new Registry(),
    observers: [logTo(logger), { name: "end", requestEnded: () => tell() }],
  });
  const app = express();
  app.use(aiwatchExpress(aiwatch));
  app.post("/chat/:id", (_, res) => {
    logger.info("answering");
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    res.send("ok");
  });
  const server = await testServer(app);
  const headers = { "x-request-id": "request-7", "user-agent": "ada" };
  await (await fetch(`${server.url}/chat/42?key=canary`, { method: "POST", headers })).text();
  await requested;
  await server.close();
  const lines = captured.lines();
  expect(lines.map(({ component, requestId }) => [component, requestId])).toEqual([
    ["app", "request-7"],
    ["inference", "request-7"],
    ["http", "request-7"],
  ]);
  expect(lines[2]).toMatchObject({ path: "/chat/42", route: "/chat/:id", status: 200, userAgent: "ada" });
  expect(captured.raw.join()).not.toContain("canary");
});
