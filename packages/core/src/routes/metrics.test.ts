import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter } from "prom-client";
import { expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { metricsHandler } from "./handlers.ts";

it("leaves no listener behind, however often a slow reader is waited for", async () => {
  const { aiwatch, registry } = createTestAiwatch();
  const many = new Counter({ name: "app_many_total", help: "many", labelNames: ["n"], registers: [registry] });
  for (let n = 0; n < 20_000; n += 1) many.inc({ n });
  const handle = metricsHandler(aiwatch);
  const answers: ServerResponse[] = [];
  // with this mark each piece has to be waited for
  const server = createServer({ highWaterMark: 1 }, (req, res) => {
    answers.push(res);
    void handle(req, res);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  let most = 0;
  for await (const _piece of response.body!) {
    most = Math.max(most, ...answers.map((res) => res.listenerCount("close") + res.listenerCount("error")));
  }
  expect(most).toBeLessThan(6);
  server.close();
});
