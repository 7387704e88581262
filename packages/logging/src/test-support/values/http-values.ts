import { once } from "node:events";
import { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import { connect, createServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { type AddressInfo, Socket } from "node:net";
import express from "express";
import { fastify } from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { canary, type ValueRow } from "./row.ts";

/** Sent by every client here: all of it but two headers and the path is nobody's business. */
const sent = { authorization: `Bearer ${canary}`, cookie: `sid=${canary}`, "x-session": canary, host: "here" };
const target = `/chat/42?key=${canary}`;

export const censoredHeaders = {
  authorization: "[Redacted]",
  cookie: "[Redacted]",
  "x-session": "[Redacted]",
  host: "here",
};
const request = { method: "GET", url: "/chat/42", headers: censoredHeaders };
const response = { statusCode: 201, headers: { "set-cookie": "[Redacted]", "content-type": "text/plain" } };

const incoming = (Class: typeof IncomingMessage = IncomingMessage) => {
  const message = Object.assign(new Class(new Socket()), { method: "GET", url: target });
  message.headers = { ...sent };
  message.rawHeaders = Object.entries(sent).flat();
  return message;
};

const answerOf = (of = incoming()) => {
  const res = new ServerResponse(of);
  res.statusCode = 201;
  res.setHeader("set-cookie", `sid=${canary}`);
  res.setHeader("content-type", "text/plain");
  return res;
};

const clientRequest = () => {
  const made = new ClientRequest({ host: "127.0.0.1", port: 9, path: target, headers: sent });
  made.on("error", () => {});
  made.destroy();
  return made;
};

/** What a server of HTTP/2 is handed, taken from one exchange. */
async function http2Pair(): Promise<{ req: Http2ServerRequest; res: Http2ServerResponse }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const { host: _host, ...headers } = sent;
  const stream = client.request({ ":path": target, ":authority": "here", ...headers });
  const [req, res] = (await once(server, "request")) as [Http2ServerRequest, Http2ServerResponse];
  res.statusCode = 201;
  res.setHeader("set-cookie", `sid=${canary}`);
  res.setHeader("content-type", "text/plain");
  stream.resume();
  res.end();
  await once(stream, "close");
  client.close();
  server.close();
  return { req, res };
}

/** What Fastify's handler is handed. */
async function fastifyPair(): Promise<{ request: unknown; reply: unknown }> {
  const app = fastify();
  let pair: { request: unknown; reply: unknown } | undefined;
  app.get("/chat/:id", async (request, reply) => {
    reply.code(201).header("set-cookie", `sid=${canary}`).type("text/plain");
    pair = { request, reply };
    return "ok";
  });
  await app.inject({ url: target, headers: sent });
  await app.close();
  if (pair === undefined) throw new Error("no request came");
  return pair;
}

/** What Express's handler is handed. */
function expressPair(): { req: object; res: object } {
  const app = express();
  let pair: { req: object; res: object } | undefined;
  app.get("/chat/:id", (req, res) => {
    res.status(201).set({ "set-cookie": `sid=${canary}`, "content-type": "text/plain" });
    pair = { req, res };
  });
  const req = incoming();
  Reflect.apply(app, undefined, [req, new ServerResponse(req)]);
  if (pair === undefined) throw new Error("no request came");
  return pair;
}

function koaContext() {
  const context = new Koa().createContext(incoming(), answerOf());
  context.set({ "set-cookie": `sid=${canary}` });
  return context;
}

async function honoContext(): Promise<unknown> {
  const app = new Hono();
  let found: unknown;
  app.get("/chat/:id", (context) => {
    found = context;
    return context.text("ok", 201, { "set-cookie": `sid=${canary}` });
  });
  await app.request(
    `http://here${target}`,
    { headers: { authorization: sent.authorization } },
    { incoming: incoming() },
  );
  return found;
}

/** A class of a framework that nobody has heard of. */
class OwnRequest {
  readonly #of = incoming();
  readonly insides = this.#of.rawHeaders;
  get method() {
    return this.#of.method;
  }
  get url() {
    return this.#of.url;
  }
  get headers() {
    return new Map(Object.entries(this.#of.headers));
  }
}

/** Requests and responses of every kind, with what is shown of them. */
export async function httpValues(): Promise<readonly ValueRow[]> {
  const [overHttp2, ofFastify, ofHono] = [await http2Pair(), await fastifyPair(), await honoContext()];
  const ofExpress = expressPair();
  const { host: _host, ...withoutHost } = censoredHeaders;
  const webHeaders = { authorization: "[Redacted]" };
  const row = (name: string, make: () => unknown, shown?: unknown): ValueRow => ({
    name,
    make,
    secret: true,
    ...(shown !== undefined && { shown }),
  });
  return [
    row("node:http's request", () => incoming(), request),
    row("a subclass of node:http's request", () => incoming(class Own extends IncomingMessage {}), request),
    row("node:http's response", () => answerOf(), response),
    row("a client's request", clientRequest, request),
    row(
      "a client's response",
      () => {
        const message = new IncomingMessage(new Socket());
        message.statusCode = 201;
        message.headers = { "set-cookie": [canary], "content-type": "text/plain" };
        return message;
      },
      response,
    ),
    row("a proxy of node:http's request", () => new Proxy(incoming(), {}), request),
    row("a request that inherits from another one", () => Object.create(incoming()), request),
    row("a request in a socket's insides", () => ({ socket: { parser: { incoming: incoming() } } }), {
      socket: { parser: { incoming: request } },
    }),
    row("the request of HTTP/2", () => overHttp2.req, {
      method: "GET",
      url: "/chat/42",
      headers: { ":method": "GET", ":path": "/chat/42", ":authority": "here", ":scheme": "http", ...withoutHost },
    }),
    row("the response of HTTP/2", () => overHttp2.res, {
      ...response,
      headers: { ...response.headers, ":status": 201 },
    }),
    row("Fastify's request", () => ofFastify.request, {
      ...request,
      headers: { ...censoredHeaders, "user-agent": "lightMyRequest" },
    }),
    row("Fastify's reply", () => ofFastify.reply, {
      statusCode: 201,
      headers: { "set-cookie": "[Redacted]", "content-type": "text/plain", "content-length": "2" },
    }),
    row("Express's request", () => ofExpress.req, request),
    row("Express's response", () => ofExpress.res, {
      statusCode: 201,
      headers: { "x-powered-by": "Express", ...response.headers, "content-type": "text/plain; charset=utf-8" },
    }),
    row("Koa's context", koaContext),
    row("Koa's request", () => koaContext().request),
    row("Koa's response", () => koaContext().response),
    row("Hono's context", () => ofHono),
    row("a Request of the web", () => new Request(`http://here${target}`, { headers: { authorization: canary } }), {
      method: "GET",
      url: "http://here/chat/42",
      headers: webHeaders,
    }),
    row("a Response of the web", () => new Response("ok", { status: 201, headers: { "set-cookie": canary } }), {
      statusCode: 201,
      headers: { "set-cookie": "[Redacted]", "content-type": "text/plain;charset=UTF-8" },
    }),
    row("a request of a class that nobody knows", () => new OwnRequest(), request),
    row("both sides of an exchange", () => ({ req: incoming(), res: answerOf(), list: [incoming()] }), {
      req: request,
      res: response,
      list: [request],
    }),
  ];
}
