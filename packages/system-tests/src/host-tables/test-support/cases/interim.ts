import { casePath } from "../client/ask.ts";
import type { ExchangeCase } from "../exchange-case.ts";
import { complete } from "../expected-counts.ts";

const expects = {
  method: "POST",
  headers: ["content-length: 4", "expect: 100-continue", "connection: close"],
} as const;

/** Answers before the answer. */
export const interimCases: readonly ExchangeCase[] = [
  {
    name: "early hints",
    handle(_req, res, { attempt, note }) {
      attempt("hints", () =>
        res.writeEarlyHints({ link: ["</a>; rel=preload", "</b>; rel=preload"], "x-trace": "1" }, () => note("hinted")),
      );
      attempt("head", () => res.writeHead(200, ["set-cookie", "a", "set-cookie", "b"]));
      res.end("body");
    },
    on: ({ wire }) => wire,
  },
  {
    name: "early hints twice, then an implicit head",
    handle(_req, res, { attempt }) {
      attempt("hints", () => res.writeEarlyHints({ link: "</a>; rel=preload" }));
      attempt("hints", () => res.writeEarlyHints({ link: "</b>; rel=preload" }));
      res.end("body");
    },
    on: ({ wire }) => wire,
  },
  {
    name: "early hints without a link, and with a bad one",
    handle(_req, res, { attempt }) {
      attempt("none", () => res.writeEarlyHints({}));
      attempt("bad", () => res.writeEarlyHints({ link: "no link" }));
      res.end("body");
    },
    on: ({ wire }) => wire,
  },
  {
    name: "early hints after the head",
    handle(_req, res, { attempt }) {
      res.write("one");
      attempt("hints", () => res.writeEarlyHints({ link: "</a>; rel=preload" }));
      res.end("two");
    },
    // it writes into the middle of the body, bare too
    on: ({ wire, http }) => wire && http === 2,
  },
  {
    name: "processing",
    handle(_req, res, { attempt, note }) {
      attempt("processing", () => "writeProcessing" in res && res.writeProcessing(() => note("said")));
      res.end("body");
    },
    on: ({ wire, http }) => wire && http === 1,
  },
  {
    name: "a continue by the app",
    handle(_req, res, { attempt }) {
      attempt("continue", () => res.writeContinue());
      res.end("body");
    },
    on: ({ wire }) => wire,
  },
  {
    name: "a head of 100 to 199 by the app",
    handle(_req, res, { attempt }) {
      attempt("101", () => res.writeHead(101));
      attempt("end", () => res.end("body"));
    },
    counted: [complete(101)],
    on: ({ http, wire, stops }) => http === 1 && wire && !stops,
  },
  {
    name: "a client that expects a continue",
    handle(req, res, { note }) {
      let body = "";
      req.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      req.on("end", () => {
        note(`read ${body}`);
        res.end(body);
      });
    },
    async client(client) {
      client.send(expects);
      await client.until(/100 Continue/);
      client.send("some");
      await client.closed();
    },
    async client2(client) {
      const stream = client.request({ ":method": "POST", expect: "100-continue" }, { endStream: false });
      await new Promise((resolve) => stream.once("continue", () => resolve(undefined)));
      stream.end("some");
      await client.closed(stream);
    },
  },
  {
    name: "a client that expects a continue, of an app that looks first",
    prepare(server) {
      server.on("checkContinue", (req, res) => {
        res.writeContinue();
        server.emit("request", req, res);
      });
    },
    handle: (req, res) => req.resume().on("end", () => res.end("body")),
    async client(client) {
      client.send(expects);
      await client.until(/100 Continue/);
      client.send("some");
      await client.closed();
    },
    async client2(client) {
      const stream = client.request({ ":method": "POST", expect: "100-continue" }, { endStream: false });
      await new Promise((resolve) => stream.once("continue", () => resolve(undefined)));
      stream.end("some");
      await client.closed(stream);
    },
  },
  {
    name: "a client that expects a continue, and is refused before our door",
    prepare(server) {
      server.on("checkContinue", (_req, res) => res.writeHead(417, ["x-own", "1", "connection", "close"]).end());
    },
    handle: (_req, res) => res.end(),
    async client(client) {
      client.send(expects);
      await client.closed();
    },
    counted: [],
  },
  {
    name: "a client that expects a continue, and is refused by the app",
    handle: (_req, res) => res.writeHead(413, { connection: "close" }).end("no"),
    async client(client) {
      client.send(expects);
      await client.closed();
    },
  },
  {
    name: "a client that expects what there is not",
    handle: (_req, res) => res.end("body"),
    async client(client) {
      client.send({ headers: ["expect: wonders", "connection: close"] });
      await client.closed();
    },
    counted: [],
  },
  {
    name: "a client that expects what the app knows",
    prepare(server) {
      server.on("checkExpectation", (req, res) => void server.emit("request", req, res));
    },
    handle: (_req, res) => res.end("body"),
    async client(client) {
      client.send({ path: casePath, headers: ["expect: wonders", "connection: close"] });
      await client.closed();
    },
  },
];
