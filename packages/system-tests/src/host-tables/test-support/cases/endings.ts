import { pipeline, Readable } from "node:stream";
import type { ExchangeCase } from "../exchange-case.ts";
import { broken, left } from "../expected-counts.ts";

/** The client is gone before an answer is complete. */
export const leavingCases: readonly ExchangeCase[] = [
  {
    name: "a client that leaves before the head",
    handle(req, res, { mark, note }) {
      res.on("close", () => {
        note(`closed, sent ${res.headersSent}, finished ${res.writableFinished}, destroyed ${req.destroyed}`);
        note(`write gives ${res.write("late")}`);
        res.end();
      });
      mark("begun");
    },
    async client(client) {
      client.send({});
      await client.mark("begun");
      client.socket.destroy();
    },
    async client2(client) {
      const stream = client.request();
      await client.mark("begun");
      stream.close(8);
      await client.closed(stream);
    },
    counted: [left],
  },
  {
    name: "a client that leaves after the head",
    handle(_req, res, { note }) {
      res.on("close", () => note(`closed, finished ${res.writableFinished}`));
      res.writeHead(200, { "content-type": "text/plain" });
      res.flushHeaders();
    },
    async client(client) {
      client.send({});
      await client.until(/\r\n\r\n/);
      client.socket.destroy();
    },
    async client2(client) {
      const stream = client.request();
      await new Promise((resolve) => stream.once("response", resolve));
      stream.close(8);
      await client.closed(stream);
    },
    counted: [left],
  },
  {
    name: "a client that leaves in mid-body",
    handle(_req, res, { note }) {
      res.on("close", () => note(`closed, finished ${res.writableFinished}`));
      res.write("first");
    },
    async client(client) {
      client.send({});
      await client.until(/first/);
      client.socket.destroy();
    },
    async client2(client) {
      const stream = client.request();
      await new Promise((resolve) => stream.once("data", resolve));
      stream.close(8);
      await client.closed(stream);
    },
    counted: [left],
  },
  {
    name: "a client that resets its connection in mid-body",
    handle(_req, res, { note }) {
      res.on("close", () => note(`closed, finished ${res.writableFinished}`));
      res.write("first");
    },
    async client(client) {
      client.send({});
      await client.until(/first/);
      client.socket.resetAndDestroy();
    },
    counted: [left],
  },
  {
    name: "a client that destroys its session in mid-body",
    handle(_req, res) {
      res.write("first");
    },
    async client2(client) {
      const stream = client.request();
      await new Promise((resolve) => stream.once("data", resolve));
      client.session.destroy();
      await client.closed(stream);
    },
    counted: [left],
  },
  {
    name: "a client that leaves, and an app that answers nevertheless",
    handle(_req, res, { mark, note, attempt }) {
      res.on("close", () => {
        attempt("head", () => res.writeHead(200, { "x-own": "1" }));
        attempt("end", () => void res.end("body", () => note("end's callback")));
      });
      mark("begun");
    },
    async client(client) {
      client.send({});
      await client.mark("begun");
      client.socket.destroy();
    },
    async client2(client) {
      const stream = client.request();
      await client.mark("begun");
      stream.close(8);
      await client.closed(stream);
    },
    counted: [left],
  },
  {
    name: "a client that leaves while its body is sent",
    handle(req, res, { mark, note }) {
      req.on("error", (error) => note(`req error ${error.message}`));
      req.on("aborted", () => note("req aborted"));
      req.resume();
      req.once("data", () => mark("begun"));
      res.on("close", () => note(`closed, complete ${req.complete}`));
    },
    async client(client) {
      client.send({ method: "POST", headers: ["content-length: 100"], body: "some" });
      await client.mark("begun");
      client.socket.destroy();
    },
    async client2(client) {
      const stream = client.request({ ":method": "POST" }, { endStream: false });
      stream.write("some");
      await client.mark("begun");
      stream.close(8);
      await client.closed(stream);
    },
    counted: [left],
  },
  {
    name: "a client that closes its side, and waits for the answer",
    handle(req, res, { mark }) {
      req.socket.once("end", () => setImmediate(() => res.end("body")));
      mark("begun");
    },
    async client(client) {
      client.send({});
      await client.mark("begun");
      client.socket.end();
      await client.closed();
    },
    // Node's servers end a half of a connection with the other: it does not reach the client
    on: ({ stops }) => !stops,
    counted: [left],
  },
  {
    name: "a client that leaves an answer unread",
    handle(_req, res, { note, mark }) {
      res.on("close", () => note(`closed, finished ${res.writableFinished}`));
      const isRoom = res.write(Buffer.alloc(60_000_000));
      note(`write gives ${isRoom}`);
      res.end();
      mark("written");
    },
    async client(client) {
      client.socket.pause();
      client.send({});
      await client.mark("written");
      client.socket.destroy();
    },
    // a server that stops takes its connection for idle: who is first is chance
    on: ({ stops }) => !stops,
    counted: [left],
  },
];

/** The server breaks its answer off. */
export const breakingCases: readonly ExchangeCase[] = [
  {
    name: "a response that is destroyed before its head",
    handle(_req, res, { attempt }) {
      attempt("destroy", () => void res.destroy());
    },
    counted: [broken(500)],
  },
  {
    name: "a response that is destroyed with an error before its head",
    handle(_req, res, { attempt, note }) {
      res.on("error", ({ message }) => note(`error ${message}`));
      attempt("destroy", () => void res.destroy(new Error("own")));
    },
    counted: [broken(500)],
  },
  {
    name: "a response that is destroyed in mid-body",
    handle(_req, res, { cue }) {
      res.write("first");
      void cue("go").then(() => res.destroy());
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
  {
    name: "a request that is destroyed by the app",
    handle(req, _res, { attempt }) {
      attempt("destroy", () => void req.destroy());
    },
    on: ({ http }) => http === 1,
    counted: [broken(500)],
  },
  {
    name: "a request that is destroyed with an error by the app",
    handle(req, _res, { attempt, note }) {
      req.on("error", ({ message }) => note(`req error ${message}`));
      attempt("destroy", () => void req.destroy(new Error("own")));
    },
    on: ({ http }) => http === 1,
    counted: [broken(500)],
  },
  {
    name: "a socket that is destroyed by the app",
    handle(req, _res, { attempt }) {
      attempt("destroy", () => void req.socket.destroy());
    },
    on: ({ http, wire }) => http === 1 && wire,
    counted: [broken(500)],
  },
  {
    name: "a socket that is destroyed by the app after its answer",
    handle(_req, res, { attempt, note }) {
      res.on("finish", () => note("finish"));
      res.end("body", () => attempt("destroy", () => void res.socket?.destroy()));
    },
    on: ({ http, wire }) => http === 1 && wire,
  },
  {
    name: "a pipeline whose source fails in mid-body",
    handle(_req, res, { note, cue }) {
      const source = new Readable({ read() {} });
      source.push("first");
      pipeline(source, res, (error) => note(`pipeline ends with ${error?.message}`));
      void cue("go").then(() => source.destroy(new Error("own")));
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
  {
    name: "a pipeline that comes to its end",
    handle(_req, res, { note }) {
      pipeline(Readable.from(["one ", "two ", "three"]), res, (error) => note(`pipeline ends with ${error?.message}`));
    },
  },
  {
    name: "a pipeline whose client leaves",
    handle(_req, res, { note }) {
      const source = new Readable({ read() {} });
      source.push("first");
      source.on("close", () => note("source closed"));
      pipeline(source, res, (error) => note(`pipeline ends with ${error?.message}`));
    },
    async client(client) {
      client.send({});
      await client.until(/first/);
      client.socket.destroy();
    },
    async client2(client) {
      const stream = client.request();
      await new Promise((resolve) => stream.once("data", resolve));
      stream.close(8);
      await client.closed(stream);
    },
    counted: [left],
  },
];
