import { Agent, request } from "node:http";
import fc from "fast-check";
import fastify, { type FastifyInstance } from "fastify";
import { expect, it, onTestFinished } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { serveWith } from "../test-support/served-app.ts";
import { aiwatchFastify } from "./fastify.ts";

async function build(aiwatch: Aiwatch) {
  const app: FastifyInstance = fastify({
    routerOptions: {
      caseSensitive: false,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: 4000,
    },
    rewriteUrl: (req) => (req.url ?? "/").replace(/^\/old/i, "/application"),
  });
  await app.register(aiwatchFastify, { aiwatch });
  const text = () => "text";
  app.get("/", text);
  app.get("/Application/end", text);
  app.get("/users/:id", text);
  app.get("/users/:id/x-:part.json", text);
  app.get("/numbers/:n(^\\d+$)", text);
  app.get("/files/*", text);
  app.get("/hosts", { constraints: { host: "a.example" } }, text);
  app.get("/hosts", { constraints: { host: /^b\d+\.example/ } }, text);
  await app.register(
    (plugin, _options, done) => {
      plugin.get("/page/:id", text);
      plugin.setNotFoundHandler((_request, reply) => void reply.code(404).send("none"));
      done();
    },
    { prefix: "/tenants/:tenant" },
  );
  await app.ready();
  return app.server;
}

const templates = [
  ...["/", "/Application/end", "/users/:id", "/users/:id/x-:part.json", "/numbers/:n(^\\d+$)", "/files/*", "/hosts"],
  ...["/tenants/:tenant/page/:id", "unmatched"],
];

const word = fc.constantFrom(
  "application",
  "old",
  "end",
  "users",
  "x-1.json",
  "numbers",
  "12",
  "files",
  "hosts",
  "tenants",
  "page",
  "",
  "*",
  ":id",
);
const spelled = fc
  .tuple(word, fc.nat())
  .map(([text, seed]) => [...text].map((letter, at) => ((seed >> at) & 1 ? letter.toUpperCase() : letter)).join(""));
const value = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => encodeURIComponent(text)),
  fc.stringMatching(/^[\w~!$&'()*+,;=:@.-]{0,12}$/),
  fc.constantFrom("%2F", "%00", "..", "x".repeat(2000)),
);
const path = fc
  .tuple(fc.array(fc.oneof(spelled, value), { maxLength: 5 }), fc.constantFrom("", "/", "//", "?q=/users"))
  .map(([segments, end]) => `/${segments.join("/")}${end}`);
const host = fc.constantFrom("x", "a.example", "b1.example", "b22.example", "evil.example");

it("names the app's own templates alone, whatever a client asks for", async () => {
  const { port, requests, ended, diagnostics } = await serveWith(build);
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const ask = (target: string, name: string) =>
    new Promise<void>((resolve, reject) => {
      const headers = { host: name };
      const sent = request({ port, host: "127.0.0.1", agent, headers }, (res) => res.resume().once("end", resolve));
      sent.path = target;
      sent.once("error", reject).end();
    });
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(path, host, async (target, name) => {
      await ask(target, name);
      asked += 1;
      await ended(asked);
      expect(templates).toContain(requests[asked - 1]?.route);
    }),
    { numRuns: 300, timeout: 5_000 },
  );
  expect(diagnostics).toEqual([]);
});
