import { createHook } from "node:async_hooks";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { aiwatchNode } from "../doors/node.ts";
import { serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";

/** As a test double has them: its events go nowhere, and it cannot count listeners. */
class Double {
  readonly method = "GET";
  readonly url = "/page";
  readonly headers: object | undefined = {};
  readonly statusCode = 200;
  readonly headersSent = false;
  readonly writableEnded = true;
  readonly socket = {};
  emit(_event: string): boolean {
    return false;
  }
  getHeader(): undefined {}
  end(): void {
    this.emit("finish");
  }
}

it("answers by a response that cannot count its listeners, as it does without a door", async () => {
  const { aiwatch, requests, diagnostics } = createTestAiwatch();
  const listener = aiwatchNode((_req, res) => void res.end(), aiwatch);
  listener(new Double() as unknown as IncomingMessage, new Double() as unknown as ServerResponse);
  await turn();
  expect(requests).toMatchObject([{ path: "/page", status: 200 }]);
  expect(diagnostics).toEqual([]);
});

it("reports a request that has lost its headers by its end, and notifies of those that come after it", async () => {
  const app = await serveWith((aiwatch) =>
    createServer(
      aiwatchNode((req, res) => {
        if (req.url === "/lost") Object.defineProperty(req, "headers", { value: undefined });
        res.end();
      }, aiwatch),
    ),
  );
  for (const path of ["/lost", "/whole"]) await (await fetch(app.url + path)).text();
  expect(await app.ended(1)).toMatchObject([{ path: "/whole" }]);
  expect(app.diagnostics.map(({ what }) => what)).toEqual(["ending a request"]);
});

it("is recorded as it ended, whatever a listener of the end does to its request", async () => {
  const app = await serveWith((aiwatch) =>
    createServer(
      aiwatchNode((req, res) => {
        res.on("close", () => {
          req.method = "DELETE";
          req.headers["user-agent"] = "another";
        });
        res.end();
      }, aiwatch),
    ),
  );
  await (await fetch(app.url, { headers: { "user-agent": "the caller" } })).text();
  expect(await app.settled(1)).toMatchObject([{ method: "GET", userAgent: "the caller" }]);
});

it("destroys the resources that it makes: who watches them keeps nothing of a request", async () => {
  const alive = new Map<number, string>();
  const hook = createHook({
    init: (id, type) => type.startsWith("AIWATCH_") && alive.set(id, type),
    destroy: (id) => alive.delete(id),
  }).enable();
  onTestFinished(() => void hook.disable());
  const app = await serveWith((aiwatch) =>
    createServer(aiwatchNode((req, res) => req.on("end", () => res.end()).resume(), aiwatch)),
  );
  for (let count = 0; count < 3; count += 1) await fetch(app.url, { method: "POST", body: "text" });
  await app.settled(3);
  await turn();
  expect([...alive.values()]).toEqual([]);
});
