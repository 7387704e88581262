/** An app on Bun, which hands over no pair of Node's. It is asked over the wire, bare and observed, and tells. */
import { connect } from "node:net";
import { currentRequest } from "@aiwatch/core";
import { aiwatchHono } from "@aiwatch/core/hono";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";

const { aiwatch, requests, sample, diagnostics } = createTestAiwatch();
const seen = [];

function appOf(middleware) {
  const app = new Hono();
  if (middleware !== undefined) app.use(middleware);
  app.get("/text", (c) => c.text("text"));
  app.get("/empty", (c) => c.text(""));
  app.get("/json", (c) => c.json({ a: 1 }));
  app.get("/raw", () => new Response("raw", { status: 202 }));
  app.get("/bytes", () => new Response(new Uint8Array(3000)));
  app.get("/redirect", (c) => c.redirect("/text"));
  app.get("/users/:id", (c) => c.text(c.req.param("id")));
  app.get("/events", (c) =>
    streamSSE(c, async (events) => {
      for (const data of ["one", "two"]) await events.writeSSE({ data });
    }),
  );
  app.get("/stream", () => {
    const source = {
      async pull(controller) {
        if (middleware !== undefined) seen.push(currentRequest()?.requestId);
        await Bun.sleep(2);
        controller.enqueue(new TextEncoder().encode("x"));
      },
    };
    return new Response(new ReadableStream(source));
  });
  app.get("/wait", async (c) => {
    await Bun.sleep(200);
    return c.text("late");
  });
  return app;
}

const serverOf = (app) => Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });

/** @param leaveMs when to leave, where the answer is not waited for */
function ask(port, path, leaveMs) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-request-id: the-id\r\nconnection: close\r\n\r\n`);
    if (leaveMs !== undefined) setTimeout(() => socket.destroy(), leaveMs);
  });
}

const comparable = (text) => {
  const [head, body] = text.split("\r\n\r\n");
  const lines = head.split("\r\n").filter((line) => !/^(date|x-request-id):/i.test(line));
  return [lines.map((line) => line.toLowerCase()).sort(), body];
};

const paths = ["/text", "/empty", "/json", "/raw", "/bytes", "/redirect", "/users/7", "/events", "/nowhere"];
const bare = serverOf(appOf());
const observed = serverOf(appOf(aiwatchHono(aiwatch)));
const different = [];
let named = 0;
for (const path of paths) {
  const [without, answer] = [await ask(bare.port, path), await ask(observed.port, path)];
  if (/^x-request-id: the-id\r$/im.test(answer)) named += 1;
  const both = [comparable(without), comparable(answer)].map((one) => JSON.stringify(one));
  if (both[0] !== both[1]) different.push([path, ...both]);
}
await ask(observed.port, "/stream", 50);
await ask(observed.port, "/wait", 20);
await ask(observed.port, "/livez");
const metrics = await ask(observed.port, "/metrics");
while (requests.length < paths.length + 4) await Bun.sleep(2);
const counted = requests.map(({ route, status, aborted }) => [route, status, aborted]);
const inScope = seen.length > 3 && seen.every((id) => id === "the-id");
const result = { different, named, counted, inScope, active: await sample("genai_app_active_requests") };
process.stdout.write(
  JSON.stringify({ ...result, scraped: metrics.includes("# EOF") || metrics.includes("# HELP"), faults: diagnostics }),
);
process.exit();
