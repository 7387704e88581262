import { stream, streamSSE } from "hono/streaming";
import type { ExchangeCase } from "../exchange-case.ts";
import { broken, complete, left } from "../expected-counts.ts";

const text = {
  method: "POST",
  headers: ["content-type: text/plain", "content-length: 4", "connection: close"],
  body: "some",
} as const;

/** A body that is given piece by piece, each when it is asked for. */
function pieces(count: number, size: number): ReadableStream {
  let given = 0;
  return new ReadableStream({
    pull(controller) {
      given += 1;
      controller.enqueue(Buffer.alloc(size, String(given % 10)));
      if (given === count) controller.close();
    },
  });
}

/** Answers in Hono's own words. */
export const honoCases: readonly ExchangeCase[] = [
  { name: "Hono: a text", hono: (c) => c.text("body") },
  { name: "Hono: JSON with a status", hono: (c) => c.json({ a: 1 }, 202) },
  { name: "Hono: HTML", hono: (c) => c.html("<p>body</p>") },
  { name: "Hono: a body of nothing", hono: (c) => c.body(null, 204) },
  { name: "Hono: bytes", hono: (c) => c.body(new Uint8Array(Buffer.from("body"))) },
  { name: "Hono: a Response", hono: () => new Response("body", { status: 202, headers: { "x-own": "1" } }) },
  { name: "Hono: a Response of JSON", hono: () => Response.json({ a: 1 }) },
  { name: "Hono: a redirect", hono: (c) => c.redirect("/other", 301) },
  { name: "Hono: a Response that redirects", hono: () => Response.redirect("http://x/other") },
  {
    name: "Hono: cookies",
    hono(c) {
      c.header("set-cookie", "a=1");
      c.header("set-cookie", "b=2", { append: true });
      return c.text("body");
    },
  },
  {
    name: "Hono: a Response with cookies",
    hono() {
      const response = new Response("body");
      for (const cookie of ["a=1", "b=2"]) response.headers.append("set-cookie", cookie);
      return response;
    },
  },
  { name: "Hono: not found", hono: (c) => c.notFound() },
  {
    name: "Hono: a throw",
    hono() {
      throw new Error("own");
    },
  },
  {
    name: "Hono: a throw that is no error",
    async hono() {
      throw "own";
    },
  },
  { name: "Hono: a body that is read", ask: text, hono: async (c) => c.text(await c.req.text()) },
  { name: "Hono: a body that is sent back", ask: text, hono: (c) => c.body(c.req.raw.body as ReadableStream) },
  {
    name: "Hono: a body that nobody reads",
    ask: text,
    hono: (c) => c.text("body"),
    // of HTTP/2, Hono's server destroys the request after two timers, or after its end
    on: ({ http }) => http === 1,
  },
  { name: "Hono: a stream of many pieces", hono: (c) => c.body(pieces(50, 10)) },
  { name: "Hono: a stream of large pieces", hono: (c) => c.body(pieces(20, 100_000)) },
  { name: "Hono: a stream of no piece", hono: (c) => c.body(new ReadableStream({ start: (own) => own.close() })) },
  { name: "Hono: a stream in a Response", hono: () => new Response(pieces(3, 10)) },
  {
    name: "Hono: a stream that was begun to be read",
    hono(c, { note }) {
      const body = pieces(3, 10);
      note(`own names of a stream: ${Object.keys(body)}`);
      const [one, other] = body.tee();
      void other.cancel();
      return c.body(one);
    },
  },
  {
    name: "Hono: a stream by hand",
    hono: (c) =>
      stream(c, async (out) => {
        await out.write("one ");
        await out.write("two");
      }),
  },
  {
    name: "Hono: events",
    hono: (c) =>
      streamSSE(c, async (events) => {
        for (const data of ["one", "two"]) await events.writeSSE({ data });
      }),
    async client(client) {
      client.send({ headers: [] });
      await client.until(/two\s+0\s+$/);
      await client.leave();
    },
    // Hono names the connection, which HTTP/2 has no word for
    on: ({ http }) => http === 1,
    counted: [complete(200)],
  },
  {
    name: "Hono: a stream that fails at once",
    hono(c, { note }) {
      // Hono's server writes it there
      Reflect.set(console, "error", (error: unknown) => note(`said ${error}`));
      return c.body(
        new ReadableStream({
          start(own) {
            own.error(new Error("own"));
          },
        }),
      );
    },
    counted: [broken(200)],
  },
  {
    name: "Hono: events whose client leaves",
    hono: (c, { note, mark }) =>
      streamSSE(c, async (events) => {
        events.onAbort(() => {
          note("aborted");
          mark("aborted");
        });
        await events.writeSSE({ data: "first" });
        await new Promise<void>((resolve) => events.onAbort(resolve));
      }),
    async client(client) {
      client.send({});
      await client.until(/first/);
      client.socket.destroy();
      await client.mark("aborted");
    },
    counted: [left],
  },
  {
    name: "Hono: a client that leaves before an answer, which comes",
    async hono(c, { mark, cue, note }) {
      c.req.raw.signal.addEventListener("abort", () => {
        note("aborted");
        mark("aborted");
      });
      mark("begun");
      await cue("go");
      return c.text("late");
    },
    async client(client) {
      client.send({});
      await client.mark("begun");
      client.socket.destroy();
      await client.mark("aborted");
      client.cue("go");
    },
    counted: [left],
  },
  { name: "Hono: asked for by HEAD", ask: { method: "HEAD" }, hono: (c) => c.text("body") },
  { name: "Hono: a stream that is asked for by HEAD", ask: { method: "HEAD" }, hono: (c) => c.body(pieces(3, 10)) },
  {
    name: "Hono: what an app finds in its context",
    hono(c, { note }) {
      const { incoming, outgoing } = c.env as Record<"incoming" | "outgoing", object>;
      note(`incoming ${Object.keys(incoming).filter((key) => !key.startsWith("_"))}`);
      note(`outgoing ${Object.keys(outgoing).filter((key) => !key.startsWith("_"))}`);
      note(`finalized ${c.finalized}`);
      return c.text("body");
    },
  },
];
