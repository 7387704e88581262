import { casePath } from "../client/ask.ts";
import type { ExchangeCase } from "../exchange-case.ts";
import { broken, complete, left } from "../expected-counts.ts";

const kept = { headers: [] } as const;
const last = { headers: ["connection: close"] } as const;

const alive = ({ stops }: { readonly stops: boolean }) => !stops;

/** Several requests on one connection, in the ways that connections are kept and left. */
export const pipeliningCases: readonly ExchangeCase[] = [
  {
    name: "two requests one after the other",
    handle: (_req, res, { index }) => res.end(`body ${index}`),
    async client(client) {
      client.send(kept);
      await client.until(/body 0/);
      client.send(last);
      await client.closed();
    },
    on: alive,
  },
  ...[2, 3, 5].map(
    (count): ExchangeCase => ({
      name: `${count} requests in one packet`,
      handle: (_req, res, { index }) =>
        res.writeHead(200, ["set-cookie", "a", "set-cookie", `b${index}`]).end(`body ${index}`),
      async client(client) {
        client.send(...Array.from({ length: count - 1 }, () => kept), last);
        await client.closed();
      },
      on: alive,
    }),
  ),
  {
    name: "five requests in one packet, the later ones answered first",
    async handle(_req, res, { index, cue, mark }) {
      res.on("finish", () => mark(`finished ${index}`));
      if (index < 2) await cue(`go ${index}`);
      res.end(`body ${index}`);
      if (index === 4) mark("all asked");
    },
    async client(client) {
      client.send(kept, kept, kept, kept, last);
      await client.mark("all asked");
      client.cue("go 1");
      client.cue("go 0");
      await client.closed();
    },
    on: alive,
  },
  {
    name: "three requests in one packet, whose client leaves while the first is answered",
    handle(_req, res, { index, mark, note }) {
      res.on("close", () => note(`closed ${index}, finished ${res.writableFinished}`));
      if (index === 0) res.write("first");
      if (index === 2) mark("all asked");
    },
    async client(client) {
      client.send(kept, kept, last);
      await client.mark("all asked");
      await client.until(/first/);
      client.socket.destroy();
    },
    counted: [left, left, left],
    on: alive,
  },
  {
    name: "three requests in one packet, whose client leaves when the later ones are answered",
    handle(_req, res, { index, mark, note }) {
      res.on("close", () => note(`closed ${index}, finished ${res.writableFinished}`));
      if (index > 0) res.end(`body ${index}`);
      if (index === 2) mark("all asked");
    },
    async client(client) {
      client.send(kept, kept, last);
      await client.mark("all asked");
      client.socket.destroy();
    },
    counted: [left, left, left],
    on: alive,
  },
  {
    name: "a request after the last answer of a connection",
    handle(_req, res, { index, mark }) {
      res.on("finish", () => mark("finished"));
      res.end(`body ${index}`);
    },
    async client(client) {
      client.send(last);
      await client.mark("finished");
      client.send(kept);
      await client.closed();
    },
    counted: [complete(200)],
    on: alive,
  },
  {
    name: "two requests in one packet, the first of which is broken off",
    handle(_req, res, { index, note }) {
      res.on("close", () => note(`closed ${index}`));
      if (index === 1) res.end("second");
      else setImmediate(() => res.destroy());
    },
    async client(client) {
      client.send(kept, last);
      await client.closed();
    },
    counted: [broken(500), broken(200)],
    on: ({ stops, framework }) => !stops && framework === "node",
  },
  {
    name: "a request and half of another",
    handle: (_req, res) => res.end("body"),
    async client(client) {
      client.send(kept, "GET /case/7 HT");
      await client.until(/body/);
      await client.leave();
    },
    counted: [complete(200)],
    on: alive,
  },
  {
    name: "a request and rubbish",
    handle: (_req, res) => res.end("body"),
    async client(client) {
      client.send(kept);
      await client.until(/body/);
      client.send("rubbish\r\n\r\n");
      await client.closed();
    },
    counted: [complete(200)],
    on: alive,
  },
  {
    name: "rubbish under an answer",
    handle(_req, res, { mark, note }) {
      res.on("close", () => note(`closed, finished ${res.writableFinished}`));
      res.write("first");
      mark("begun");
    },
    async client(client) {
      client.send(kept);
      await client.mark("begun");
      client.send("rubbish\r\n\r\n");
      await client.closed();
    },
    // the client's fault, and none of the server's
    counted: [left],
    on: alive,
  },
  {
    name: "a connection that HTTP/1.0 asks to keep",
    handle: (_req, res) => res.writeHead(200, ["content-length", "4"]).end("body"),
    async client(client) {
      client.send({ version: "1.0", headers: ["connection: keep-alive"] });
      await client.until(/body/);
      client.send({ version: "1.0", headers: [] });
      await client.closed();
    },
    on: alive,
  },
  {
    name: "a connection with room for two requests",
    serverOptions: { keepAlive: true },
    prepare(server) {
      server.maxRequestsPerSocket = 2;
    },
    handle: (_req, res, { index }) => res.writeHead(200, { "x-index": index }).end("body"),
    async client(client) {
      client.send(kept, kept, last);
      await client.closed();
    },
    counted: [complete(200), complete(200)],
    on: alive,
  },
  {
    name: "a keep-alive header by the app, raw",
    handle: (_req, res) => res.writeHead(200, ["Keep-Alive", "timeout=9", "Connection", "keep-alive"]).end("body"),
    async client(client) {
      client.send(kept);
      await client.until(/body/);
      await client.leave();
    },
    counted: [complete(200)],
    on: alive,
  },
  {
    name: "headers that are unique to the server",
    serverOptions: { uniqueHeaders: ["x-own", "x-two"] },
    handle: (_req, res) => res.writeHead(200, ["x-own", "1", "x-own", "2", "x-two", "1", "x-two", "2"]).end("body"),
    on: ({ http, wire }) => http === 1 && wire,
  },
  {
    name: "a server that rejects writes where there is no body",
    serverOptions: { rejectNonStandardBodyWrites: true },
    handle(_req, res, { attempt }) {
      res.statusCode = 204;
      attempt("write", () => res.write("body"));
      attempt("end", () => void res.end());
    },
    on: ({ http, wire }) => http === 1 && wire,
  },
];

/** Connections that turn into something else, and times that run out. */
export const turningCases: readonly ExchangeCase[] = [
  {
    name: "an upgrade",
    prepare(server, { note }) {
      server.on("upgrade", (_req, socket, head) => {
        note(`head ${head.length}`);
        socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n");
        socket.pipe(socket);
      });
    },
    handle: (_req, res) => res.end(),
    async client(client) {
      client.send({ headers: ["upgrade: echo", "connection: upgrade"] });
      await client.until(/\r\n\r\n/);
      client.send("hello");
      await client.until(/hello/);
      client.socket.end();
      await client.closed();
    },
    counted: [],
  },
  {
    name: "an upgrade that nobody listens for",
    handle: (req, res) => res.end(`upgrade ${req.headers.upgrade}`),
    async client(client) {
      client.send({ headers: ["upgrade: echo", "connection: upgrade"] });
      await client.until(/upgrade echo/);
      await client.leave();
    },
    counted: [complete(200)],
    on: alive,
  },
  {
    name: "an upgrade after an answer on the same connection",
    prepare(server) {
      server.on("upgrade", (_req, socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
    },
    handle: (_req, res) => res.end("body"),
    async client(client) {
      client.send(kept);
      await client.until(/body/);
      client.send({ headers: ["upgrade: echo", "connection: upgrade"] });
      await client.closed();
    },
    counted: [complete(200)],
    on: alive,
  },
  {
    name: "an upgrade by the listener of requests",
    handle(req, res, { attempt }) {
      const { socket } = req;
      attempt("detach", () => void res.detachSocket(socket));
      socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n");
      socket.end("hello");
    },
    async client(client) {
      client.send({ headers: [] });
      await client.until(/hello/);
      await client.closed();
    },
    counted: [complete(200)],
    on: ({ stops, rewrites }) => !stops && !rewrites,
  },
  {
    name: "a CONNECT",
    prepare(server) {
      server.on("connect", (req, socket) => {
        socket.end(`HTTP/1.1 200 Connection Established\r\n\r\nto ${req.url}`);
      });
    },
    handle: (_req, res) => res.end(),
    async client(client) {
      client.send({ method: "CONNECT", path: "other:80" });
      await client.closed();
    },
    counted: [],
  },
  {
    name: "a CONNECT that nobody listens for",
    handle: (_req, res) => res.end(),
    async client(client) {
      client.send({ method: "CONNECT", path: "other:80" });
      await client.closed();
    },
    counted: [],
  },
  {
    name: "a request that comes too slowly",
    serverOptions: { headersTimeout: 60, requestTimeout: 60, connectionsCheckingInterval: 20 },
    handle: (_req, res) => res.end("body"),
    async client(client) {
      client.send("GET /case/7 HTTP/1.1\r\nhost: x\r\n");
      await client.closed();
    },
    counted: [],
    on: ({ framework, stops }) => framework === "node" && !stops,
  },
  {
    name: "a body that comes too slowly",
    serverOptions: { headersTimeout: 60, requestTimeout: 60, connectionsCheckingInterval: 20 },
    handle(req, res, { note }) {
      req.on("error", ({ message }) => note(`req error ${message}`)).resume();
      res.on("close", () => note("closed"));
    },
    async client(client) {
      client.send({ method: "POST", headers: ["content-length: 10"], body: "some" });
      await client.closed();
    },
    counted: [left],
    on: ({ framework, stops }) => framework === "node" && !stops,
  },
  {
    name: "a socket that times out",
    handle(req, res, { note }) {
      req.socket.setTimeout(30);
      res.on("timeout", () => note("res timeout"));
      res.on("close", () => note("closed"));
      res.write("first");
      req.socket.on("timeout", () => req.socket.destroy());
    },
    async client(client) {
      client.send({});
      await client.closed();
    },
    counted: [broken(200)],
  },
  {
    name: "a response that times out, and answers",
    handle(_req, res, { note }) {
      res.setTimeout(30, () => {
        note("timeout");
        res.writeHead(503, ["retry-after", "1"]).end("late");
      });
    },
    on: ({ wire }) => wire,
  },
  {
    name: "a response whose time nobody watches",
    prepare(server) {
      server.setTimeout(40);
    },
    handle: (_req, res, { note }) => void res.on("close", () => note("closed")),
    async client(client) {
      client.send({});
      await client.closed();
    },
    counted: [broken(500)],
    on: ({ framework, stops }) => framework === "node" && !stops,
  },
  {
    name: "a client error that the app answers",
    prepare(server) {
      server.on("clientError", (_error, socket) => socket.end("HTTP/1.1 400 Own\r\n\r\n"));
    },
    handle: (_req, res) => res.end(),
    async client(client) {
      client.send("rubbish\r\n\r\n");
      await client.closed();
    },
    counted: [],
    on: ({ framework, stops }) => framework !== "fastify" && !stops,
  },
  {
    name: "a target that is a whole URL",
    ask: { path: "http://ada:secret@x/case/7" },
    handle: (req, res) => res.end(req.url),
    on: ({ framework, http, wire }) => framework === "express" && http === 1 && wire,
  },
  {
    name: "OPTIONS of everything",
    ask: { method: "OPTIONS", path: "*" },
    handle: (_req, res) => res.writeHead(204, ["allow", "GET"]).end(),
    counted: [{ status: 204, aborted: false, route: "unmatched" }],
    on: ({ framework, http, wire }) => framework === "node" && http === 1 && wire,
  },
  {
    name: "methods that few use",
    ask: { method: "PROPFIND", path: casePath },
    handle: (req, res) => res.end(req.method),
    on: ({ framework, http }) => framework !== "fastify" && http === 1,
  },
];
