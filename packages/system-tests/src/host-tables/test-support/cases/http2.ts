import type { ServerResponse } from "node:http";
import { constants, type Http2ServerResponse, type ServerHttp2Stream } from "node:http2";
import { casePath } from "../client/ask.ts";
import type { Http2Client } from "../client/http2-client.ts";
import type { ExchangeCase, Stage } from "../exchange-case.ts";
import { broken, complete, left } from "../expected-counts.ts";

type Handle2 = (stream: ServerHttp2Stream, res: Http2ServerResponse, stage: Stage) => unknown;

async function ask({ request, closed }: Pick<Http2Client, "request" | "closed">): Promise<void> {
  await closed(request());
}

/** A case that has to do with HTTP/2 alone. */
function http2Case(name: string, handle: Handle2, more: Partial<ExchangeCase> = {}): ExchangeCase {
  return {
    name,
    handle(_req, res: ServerResponse, stage) {
      const res2 = res as unknown as Http2ServerResponse;
      return handle(res2.stream, res2, stage);
    },
    async client2(client) {
      await ask({ request: () => client.request(), closed: (stream) => client.closed(stream) });
    },
    ...more,
  };
}

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

/** Streams that are answered, reset and pushed in the ways of HTTP/2. */
export const http2Cases: readonly ExchangeCase[] = [
  http2Case("a stream that is answered by itself", (stream) => {
    stream.respond({ ":status": 201, "set-cookie": ["a", "b"] });
    stream.end("body");
  }),
  http2Case("a stream that is answered by itself, without a body", (stream, _res, { attempt }) => {
    attempt("respond", () => stream.respond({ ":status": 204 }, { endStream: true }));
    attempt("respond again", () => stream.respond({ ":status": 200 }));
  }),
  http2Case("a stream that is answered by itself with 503", (stream) => {
    stream.respond({ ":status": 503 });
    stream.end("body");
  }),
  http2Case("a stream that is answered by itself, with trailers", (stream) => {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "1" }));
    stream.end("body");
  }),
  http2Case("a stream with more headers before its answer", (stream) => {
    stream.additionalHeaders({ ":status": 103, link: "</a>; rel=preload" });
    stream.respond({ ":status": 200 });
    stream.end("body");
  }),
  http2Case("a pseudo header by setHeader", (_stream, res, { attempt }) => {
    attempt("status", () => res.setHeader(":status", 201));
    attempt("path", () => res.setHeader(":path", "/"));
    attempt("connection", () => res.setHeader("connection", "close"));
    res.end("body");
  }),
  http2Case("a pseudo header by writeHead", (_stream, res, { attempt }) => {
    attempt("head", () => res.writeHead(200, { ":status": 201 } as never));
    res.end("body");
  }),
  ...Object.entries({ NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM }).flatMap(
    ([name, code]) => [
      http2Case(`a stream that the server closes with ${name} before its head`, (stream) => stream.close(code), {
        counted: [broken(500)],
      }),
      http2Case(
        `a stream that the server closes with ${name} in mid-body`,
        (stream, res, { cue }) => {
          res.write("first");
          void cue("go").then(() => stream.close(code));
        },
        {
          async client2(client) {
            const stream = client.request();
            await new Promise((resolve) => stream.once("data", resolve));
            client.cue("go");
            await client.closed(stream);
          },
          counted: [broken(200)],
        },
      ),
      http2Case(
        `a stream that its client closes with ${name} before its head`,
        (_stream, _res, { mark }) => mark("begun"),
        {
          async client2(client) {
            const stream = client.request();
            await client.mark("begun");
            stream.close(code);
            await client.closed(stream);
          },
          counted: [left],
        },
      ),
    ],
  ),
  http2Case("a stream that is destroyed by the app", (stream) => void stream.destroy(), { counted: [broken(500)] }),
  http2Case(
    "a stream that is destroyed with an error by the app",
    (stream, _res, { note }) => {
      stream.on("error", ({ message }) => note(`error ${message}`));
      stream.destroy(new Error("own"));
    },
    { counted: [broken(500)] },
  ),
  http2Case("a session that is destroyed by the app", (stream) => stream.session?.destroy(), {
    counted: [broken(500)],
  }),
  http2Case("a session that is closed by the app, and an answer", (stream, res) => {
    stream.session?.close();
    res.end("body");
  }),
  http2Case(
    "a push by the response",
    (_stream, res, { note }) => {
      res.createPushResponse({ ":path": "/pushed" }, (error, pushed) => {
        note(`pushed ${error}`);
        pushed.setHeader("x-pushed", "1");
        pushed.end("pushed body");
        res.end("body");
      });
    },
    { counted: [complete(200)] },
  ),
  http2Case(
    "a push by the stream",
    (stream, res, { note }) => {
      stream.pushStream({ ":path": "/pushed" }, (error, pushed) => {
        note(`pushed ${error}`);
        pushed.respond({ ":status": 200 });
        pushed.end("pushed body");
        res.end("body");
      });
    },
    { counted: [complete(200)] },
  ),
  http2Case(
    "a write after the end, which breaks the stream off",
    (_stream, res, { attempt, note }) => {
      res.on("error", ({ message }) => note(`error ${message}`));
      res.end("body");
      attempt("write", () => res.write("late"));
    },
    { counted: [broken(200)] },
  ),
  http2Case("a head that has no body, by HEAD", (_stream, res) => res.end("body"), {
    async client2(client) {
      await client.closed(client.request({ ":method": "HEAD" }));
    },
  }),
  http2Case(
    "three streams at a time, answered the last first",
    async (_stream, res, { index, mark, cue }) => {
      if (index === 2) mark("all asked");
      await cue(`go ${index}`);
      res.end(`body ${index}`);
    },
    {
      async client2(client) {
        const streams = [client.request(), client.request(), client.request()];
        await client.mark("all asked");
        for (const index of [2, 1, 0]) {
          client.cue(`go ${index}`);
          const stream = streams[index];
          if (stream !== undefined) await client.closed(stream);
        }
      },
    },
  ),
  http2Case(
    "three streams at a time, one of them cancelled",
    async (_stream, res, { index, mark, cue }) => {
      if (index === 2) mark("all asked");
      if (index === 1) return;
      await cue("go");
      res.end(`body ${index}`);
    },
    {
      async client2(client) {
        const streams = [client.request(), client.request(), client.request()];
        await client.mark("all asked");
        streams[1]?.close(NGHTTP2_CANCEL);
        if (streams[1] !== undefined) await client.closed(streams[1]);
        client.cue("go");
        for (const stream of streams) await client.closed(stream);
      },
      counted: [left, complete(200), complete(200)],
    },
  ),
  http2Case("a client that cancels after the whole answer", (_stream, res) => res.end("body"), {
    async client2(client) {
      const stream = client.request({ ":method": "POST", ":path": casePath }, { endStream: false });
      await new Promise((resolve) => stream.once("end", resolve));
      stream.close(NGHTTP2_CANCEL);
      await client.closed(stream);
    },
    counted: [complete(200)],
  }),
  http2Case("what an app finds of the stream's listeners", (stream, res, { note }) => {
    for (const event of ["close", "finish", "error", "aborted", "end"])
      note(`${event}: stream ${stream.listenerCount(event)}, res ${res.listenerCount(event)}`);
    res.end("body");
  }),
  http2Case("a stream whose listeners for close the app removes", (stream, res) => {
    // Node's own are among them, and close the response
    for (const listener of stream.listeners("close"))
      if (!/^(onStreamCloseRequest|onStreamCloseResponse)$/.test(listener.name)) stream.off("close", listener as never);
    res.end("body");
  }),
];
