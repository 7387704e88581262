import { Readable } from "node:stream";
import type { ExchangeCase } from "../exchange-case.ts";
import { broken } from "../expected-counts.ts";

const json = {
  method: "POST",
  headers: ["content-type: application/json", "content-length: 9", "connection: close"],
} as const;

/** Answers in Express's own words. */
export const expressCases: readonly ExchangeCase[] = [
  { name: "Express: json", express: (_req, res) => res.json({ a: 1 }) },
  { name: "Express: send of a text", express: (_req, res) => res.send("body") },
  { name: "Express: send of a buffer", express: (_req, res) => res.send(Buffer.from("body")) },
  {
    name: "Express: send that nothing changed",
    ask: { headers: ['if-none-match: W/"4-Ak+awFrLL33kmZ1VNWd2wi5kHPE"', "connection: close"] },
    express: (_req, res) => res.send("body"),
  },
  { name: "Express: send, asked for by HEAD", ask: { method: "HEAD" }, express: (_req, res) => res.send("body") },
  { name: "Express: status and end", express: (_req, res) => res.status(204).end() },
  { name: "Express: sendStatus", express: (_req, res) => res.sendStatus(503) },
  { name: "Express: redirect", express: (_req, res) => res.redirect(301, "/other") },
  {
    name: "Express: cookies",
    express: (_req, res) => res.cookie("a", "1").cookie("b", "2").clearCookie("c").send("body"),
  },
  {
    name: "Express: append",
    express: (_req, res) => res.append("set-cookie", "a").append("set-cookie", ["b", "c"]).send("body"),
  },
  {
    name: "Express: format",
    express: (_req, res) => res.format({ text: () => res.send("text"), json: () => res.send({}) }),
  },
  {
    name: "Express: next",
    express: (_req, _res, next) => next(),
    counted: [{ status: 404, aborted: false }],
  },
  {
    name: "Express: next of an error",
    express: (_req, _res, next) => next(new Error("own")),
    counted: [{ status: 500, aborted: false, failure: "internal" }],
  },
  {
    name: "Express: next of a client's error",
    express: (_req, _res, next) => next(Object.assign(new Error("own"), { status: 418, headers: { "x-own": "1" } })),
  },
  {
    name: "Express: a throw",
    express() {
      throw Object.assign(new Error("own"), { expose: false });
    },
  },
  {
    name: "Express: a throw after the head",
    express(_req, res) {
      res.write("first");
      throw new Error("own");
    },
    on: ({ wire }) => wire,
    counted: [broken(200)],
  },
  {
    name: "Express: a cookie by a list of raw headers",
    express: (_req, res) => res.status(200).writeHead(200, ["set-cookie", "a", "set-cookie", "b"]).end("body"),
  },
];

/** Answers in Fastify's own words. */
export const fastifyCases: readonly ExchangeCase[] = [
  { name: "Fastify: an object", fastify: async () => ({ a: 1 }) },
  { name: "Fastify: a text", fastify: (_request, reply) => reply.send("body") },
  { name: "Fastify: a buffer", fastify: (_request, reply) => reply.send(Buffer.from("body")) },
  { name: "Fastify: a stream", fastify: (_request, reply) => reply.send(Readable.from(["one ", "two"])) },
  { name: "Fastify: a web stream", fastify: (_request, reply) => reply.send(new Response("body").body) },
  {
    name: "Fastify: a Response",
    fastify: (_request, reply) =>
      reply.send(
        new Response("body", {
          status: 202,
          headers: [
            ["set-cookie", "a"],
            ["set-cookie", "b"],
          ],
        }),
      ),
  },
  { name: "Fastify: nothing", fastify: (_request, reply) => reply.code(204).send() },
  {
    name: "Fastify: cookies by headers",
    fastify: (_request, reply) => reply.header("set-cookie", "a").header("set-cookie", "b").send("body"),
  },
  { name: "Fastify: a redirect", fastify: (_request, reply) => reply.redirect("/other", 301) },
  {
    name: "Fastify: not found",
    fastify: (_request, reply) => reply.callNotFound(),
    counted: [{ status: 404, aborted: false, route: "unmatched" }],
  },
  {
    name: "Fastify: trailers",
    fastify: (_request, reply) => reply.trailer("x-sum", async () => "1").send(Readable.from(["one ", "two"])),
    // Fastify 5.0.0 breaks its own answer off there
    on: ({ wire, oldest }) => wire && oldest !== true,
  },
  {
    name: "Fastify: early hints by reply",
    fastify: (_request, reply) => {
      reply.raw.writeEarlyHints({ link: "</a>; rel=preload" });
      return reply.send("body");
    },
    on: ({ wire }) => wire,
  },
  {
    name: "Fastify: a throw",
    async fastify() {
      throw new Error("own");
    },
  },
  {
    name: "Fastify: a client's error",
    async fastify() {
      throw Object.assign(new Error("own"), { statusCode: 418 });
    },
  },
  {
    name: "Fastify: a body",
    ask: { ...json, body: '{"a":"b"}' },
    fastify: (request, reply) => reply.send(request.body),
  },
  {
    name: "Fastify: a bad body",
    ask: { ...json, body: '{"a":"b",' },
    fastify: (request, reply) => reply.send(request.body),
    counted: [{ status: 400, aborted: false }],
  },
  {
    name: "Fastify: a stream that fails in mid-body",
    fastify(_request, reply, { cue }) {
      const source = new Readable({ read() {} });
      source.push("first");
      void cue("go").then(() => source.destroy(new Error("own")));
      return reply.send(source);
    },
    async client(client) {
      client.send({});
      await client.until(/first/);
      client.cue("go");
      await client.closed();
    },
    async client2(client) {
      const stream = client.request();
      await new Promise((resolve) => stream.once("data", resolve));
      client.cue("go");
      await client.closed(stream);
    },
    counted: [broken(200)],
  },
  { name: "Fastify: asked for by HEAD", ask: { method: "HEAD" }, fastify: (_request, reply) => reply.send("body") },
];
