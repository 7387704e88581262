import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type AskOptions, casePath } from "../client/ask.ts";
import type { ExchangeCase } from "../exchange-case.ts";
import { broken, left } from "../expected-counts.ts";

type Attempt = (name: string, action: () => unknown) => void;
type Answer = (res: ServerResponse, attempt: Attempt, note: (line: string) => void) => unknown;

const answers: Readonly<Record<string, Answer>> = {
  "a body in parts": (res) => {
    res.write("one ");
    res.write(Buffer.from("two "));
    res.write(new Uint8Array([51]));
    res.end("!");
  },
  "a body in other encodings": (res) => {
    res.write("c3a9", "hex");
    res.end("6Q==", "base64");
  },
  "callbacks of write and end": (res, attempt, note) => {
    attempt("write", () => res.write("one", () => note("written")));
    attempt("end", () => void res.end("two", () => note("ended")));
    res.on("finish", () => note("finish"));
  },
  "every form of end": (res, attempt, note) => {
    attempt("end", () => void res.end("c3a9", "hex", () => note("ended")));
    attempt("end again", () => void res.end(() => note("ended again")));
    attempt("end with a body", () => void res.end("late", (...args: unknown[]) => note(`ended late with ${args[0]}`)));
  },
  "a write after the end": (res, attempt, note) => {
    res.on("error", ({ message }) => note(`error ${message}`));
    res.end("body");
    attempt("write", () => res.write("late", (error) => note(`written with ${error?.message}`)));
  },
  "a write of what is no body": (res, attempt) => {
    attempt("number", () => res.write(7));
    attempt("null", () => res.write(null));
    attempt("undefined", () => res.write(undefined));
    attempt("object", () => res.end({}));
    attempt("end", () => void res.end("body"));
  },
  "an empty write, then a body": (res, attempt) => {
    attempt("empty", () => res.write(""));
    attempt("end", () => void res.end("body"));
  },
  "a body that is corked": (res, attempt) => {
    attempt("cork", () => res.cork());
    attempt("one", () => res.write("one "));
    attempt("two", () => res.write("two "));
    attempt("uncork", () => res.uncork());
    attempt("end", () => void res.end("three"));
  },
  "what the response says of itself": (res, _attempt, note) => {
    const said = (when: string) =>
      note(
        `${when}: ${[res.headersSent, res.writableEnded, res.writableFinished, res.finished, res.destroyed, res.closed, res.writable, res.writableLength > 0].join()}`,
      );
    said("at first");
    res.write("one");
    said("written");
    res.end("two", () => said("end's callback"));
    said("ended");
    res.on("finish", () => said("finish"));
    res.on("close", () => said("close"));
  },
  "a body shorter than it says": (res, attempt) => {
    attempt("head", () => res.writeHead(200, { "content-length": 10, connection: "close" }));
    attempt("end", () => void res.end("body"));
  },
  "a body longer than it says, strictly": (res, attempt) => {
    res.strictContentLength = true;
    attempt("head", () => res.writeHead(200, ["content-length", "2", "connection", "close"]));
    attempt("write", () => res.write("body"));
    attempt("write what fits", () => res.write("bo"));
    attempt("end", () => void res.end());
  },
  "204": (res, attempt) => {
    attempt("head", () => res.writeHead(204, { "x-own": "1" }));
    attempt("end", () => void res.end());
  },
  "204 with a body": (res, attempt) => {
    res.statusCode = 204;
    attempt("write", () => res.write("body"));
    attempt("end", () => void res.end("more"));
  },
  "205": (res) => {
    res.writeHead(205);
    res.end();
  },
  "304": (res, attempt) => {
    attempt("head", () => res.writeHead(304, ["etag", '"1"', "content-length", "10"]));
    attempt("end", () => void res.end());
  },
  "304 with a body": (res, attempt) => {
    res.statusCode = 304;
    attempt("end", () => void res.end("body"));
  },
  "500": (res) => {
    res.writeHead(500, ["content-type", "text/plain"]);
    res.end("body");
  },
  "503 with retry-after": (res) => {
    res.writeHead(503, { "x-retry": 1 });
    res.end("body");
  },
  "599": (res) => {
    res.writeHead(599);
    res.end("body");
  },
  "999": (res) => {
    res.writeHead(999);
    res.end("body");
  },
  "a redirect": (res) => {
    res.writeHead(302, { location: "/other" });
    res.end();
  },
  trailers: (res, attempt) => {
    attempt("head", () => res.writeHead(200, { trailer: "x-sum" }));
    res.write("body");
    attempt("trailers", () => res.addTrailers({ "x-sum": "1" }));
    attempt("end", () => void res.end());
  },
  "trailers in pairs": (res, attempt) => {
    attempt("head", () => res.writeHead(200, ["trailer", "x-sum"]));
    res.write("body");
    attempt("trailers", () =>
      res.addTrailers([
        ["x-sum", "1"],
        ["x-two", "2"],
      ] as never),
    );
    attempt("end", () => void res.end());
  },
  "trailers that nobody announced": (res, attempt) => {
    res.write("body");
    attempt("trailers", () => res.addTrailers({ "x-sum": "1" }));
    attempt("end", () => void res.end());
  },
  "trailers where the length is known": (res, attempt) => {
    attempt("head", () => res.writeHead(200, { "content-length": 4 }));
    attempt("trailers", () => res.addTrailers({ "x-sum": "1" }));
    attempt("end", () => void res.end("body"));
  },
  "trailers with a bad name": (res, attempt) => {
    res.write("body");
    attempt("trailers", () => res.addTrailers({ "x sum": "1" }));
    attempt("end", () => void res.end());
  },
  "a body that comes in later turns": async (res) => {
    for (const part of ["one ", "two ", "three"]) {
      res.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    res.end();
  },
  "a listener of finish": (res, _attempt, note) => {
    res.once("finish", () => note("finish"));
    res.end("body");
  },
  "events of an app's own on the response": (res, attempt, note) => {
    res.on("own", (value) => note(`own ${value}`));
    attempt("emit", () => res.emit("own", 7));
    attempt("emit to nobody", () => res.emit("other"));
    res.end("body");
  },
};

/** What is asked, for every answer that a client may ask for in other ways. */
const asks: Readonly<Record<string, AskOptions>> = {
  "": {},
  ", asked for by HEAD": { method: "HEAD" },
  ", asked for by HTTP/1.0": { version: "1.0", headers: [] },
};

/** HTTP/2 never answers the first, and breaks the others off. */
const notOnHttp2 = new Set(["999", "a write after the end", "a body longer than it says, strictly"]);

/** An app that announces trailers where there can be none is thrown at, and never answers. */
const inChunks = new Set(["trailers", "trailers in pairs"]);

export const bodyCases: readonly ExchangeCase[] = Object.entries(asks).flatMap(([how, ask]) =>
  Object.entries(answers).map(
    ([name, answer]): ExchangeCase => ({
      name: `${name}${how}`,
      ask,
      handle: (_req, res, { attempt, note }) => answer(res, attempt, note),
      on: ({ http, wire }) => ((how === "" && wire) || !inChunks.has(name)) && (http === 1 || !notOnHttp2.has(name)),
    }),
  ),
);

export const strictCases: readonly ExchangeCase[] = [
  {
    name: "a body shorter than it says, strictly",
    handle(_req, res, { attempt }) {
      res.strictContentLength = true;
      attempt("header", () => res.setHeader("content-length", 10));
      attempt("end", () => void res.end("body"));
      attempt("destroy", () => void res.destroy());
    },
    counted: [broken(200)],
    on: ({ http, wire }) => http === 1 && wire,
  },
];

/** Request bodies, and answers that wait for who reads them. */
export const requestBodyCases: readonly ExchangeCase[] = [
  {
    name: "a body that is read by events",
    ask: { method: "POST", headers: ["content-length: 4", "connection: close"], body: "some" },
    handle(req, res, { note }) {
      let body = "";
      req.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      req.on("end", () => {
        note(`read ${body}, complete ${req.complete}`);
        res.end(body);
      });
    },
  },
  {
    name: "a body that is read by an iterator",
    ask: { method: "POST", headers: ["content-length: 4", "connection: close"], body: "some" },
    async handle(req, res, { note }) {
      let body = "";
      for await (const chunk of req) body += chunk;
      note(`read ${body}`);
      res.end(body);
    },
  },
  {
    name: "a body that nobody reads",
    ask: { method: "POST", headers: ["content-length: 4", "connection: close"], body: "some" },
    handle: (_req, res) => res.end("body"),
  },
  {
    name: "a chunked body with trailers",
    handle(req, res, { note }) {
      req.resume().on("end", () => {
        note(`trailers ${JSON.stringify(req.trailers)} ${JSON.stringify(req.rawTrailers)}`);
        res.end("body");
      });
    },
    async client(client) {
      client.send({
        method: "POST",
        headers: ["transfer-encoding: chunked", "trailer: x-sum", "connection: close"],
        body: "4\r\nsome\r\n0\r\nx-sum: 1\r\n\r\n",
      });
      await client.closed();
    },
    on: ({ wire }) => wire,
  },
  {
    name: "a body that is cut by its sender",
    handle(req, res, { note }) {
      req.on("error", (error) => {
        note(`req error ${error.message}, complete ${req.complete}`);
        res.writeHead(400).end("late");
      });
      req.resume();
    },
    async client(client) {
      client.send({ method: "POST", headers: ["content-length: 10"], body: "some" });
      client.socket.end();
      await client.closed();
    },
    counted: [left],
  },
  {
    name: "a body in broken chunks",
    handle(req, res, { note, mark }) {
      req.on("error", (error) => note(`req error ${error.message}`));
      req.on("data", () => mark("some"));
      res.on("close", () => note("closed"));
    },
    async client(client) {
      client.send({ method: "POST", headers: ["transfer-encoding: chunked"], body: "4\r\nsome\r\n" });
      await client.mark("some");
      client.send("not a length\r\n");
      await client.closed();
    },
    on: ({ stops }) => !stops,
    counted: [left],
  },
  {
    name: "a body that is piped back",
    ask: { method: "POST", headers: ["content-length: 4", "connection: close"], body: "some" },
    handle: (req, res) => req.pipe(res),
  },
  {
    name: "a large answer that is read late",
    async handle(_req, res, { note, mark }) {
      res.writeHead(200, { "content-type": "application/octet-stream" });
      const part = Buffer.alloc(1_000_000, "x");
      let isRoom = true;
      let count = 0;
      while (isRoom && count < 20) {
        isRoom = res.write(part);
        count += 1;
      }
      note(`room at last ${isRoom} after ${count}`);
      mark("full");
      if (!isRoom) await once(res, "drain");
      note("drained");
      res.end("end");
    },
    async client(client) {
      client.socket.pause();
      client.send({});
      await client.mark("full");
      client.socket.resume();
      await client.closed();
    },
    on: ({ rewrites }) => !rewrites,
  },
];

/** Where a client asks for what none of the routes takes. */
export const unroutedCases: readonly ExchangeCase[] = [
  {
    name: "a path that no route takes",
    ask: { path: "/nowhere" },
    handle: (_req, res) => res.end(),
    on: ({ framework }) => framework !== "node",
    counted: [{ status: 404, aborted: false, route: "unmatched" }],
  },
  { name: "a path with a query", ask: { path: `${casePath}?a=1&b=2` }, handle: (req, res) => res.end(req.url) },
  {
    name: "an own id from the client",
    ask: { headers: ["x-request-id: theirs", "connection: close"] },
    handle: (req, res) => res.end(String(req.headers["x-request-id"])),
  },
];
