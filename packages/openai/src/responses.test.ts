import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { afterAll, beforeAll, describe, expect, it, test, vi } from "vitest";
import { observeFetch } from "./observe-fetch.ts";
import { described } from "./test-support/endings/ending.ts";
import { eventsOf } from "./test-support/endings/rows.ts";
import { type ModelServer, modelServer } from "./test-support/model-server.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const events = eventsOf("llama-server/chat-stream");
const headers = { "content-type": "text/event-stream", server: "llama.cpp" };

let server: ModelServer;
/** What the server does when it has sent the first event. */
let goOn = (_response: { end(text: string): void; destroy(): void }) => {};
beforeAll(async () => {
  server = await modelServer((response) => {
    response.writeHead(200, headers).write(events[0]);
    goOn(response);
  });
});
afterAll(() => server.close());

const ask = (called: typeof fetch, init: RequestInit = {}) =>
  called(`${server.url}/v1/chat/completions`, { method: "POST", body: '{"model":"tiny","stream":true}', ...init });

/** What an app has of a call without us and with us, and what was recorded of it. */
async function compare(app: (called: typeof fetch) => Promise<unknown>, given: () => typeof fetch = () => fetch) {
  const bare = await app(given());
  const { aiwatch, inferences, diagnostics } = createTestAiwatch();
  expect(await app(observeFetch(given(), { aiwatch }))).toEqual(bare);
  return { bare, inferences, diagnostics };
}

const rest = events.slice(1).join("");
const sendsAll = () => {
  goOn = (response) => response.end(rest);
};

describe("a fetch of the app's own may give a body", () => {
  const answers =
    (body: () => ReadableStream | Response): (() => typeof fetch) =>
    () =>
    async () => {
      const given = body();
      return given instanceof Response ? given : new Response(given, { headers });
    };
  const streamOf = (chunks: readonly Uint8Array[]) =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });

  it("of buffers from Node's pool, which stays whole", async () => {
    const mine = Buffer.from("precious");
    const body = () => streamOf([...events.slice(0, 2), events.slice(2).join("")].map((text) => Buffer.from(text)));
    const { bare, inferences } = await compare(async (called) => (await ask(called)).text(), answers(body));
    expect([bare, mine.toString()]).toEqual([events.join(""), "precious"]);
    expect(Buffer.from("later").toString()).toBe("later");
    expect(inferences).toMatchObject([{ outputTokens: 3 }]);
  });

  it("of the same bytes at each call", async () => {
    const bytes = new TextEncoder().encode(events[1]);
    const read = async (called: typeof fetch) => [await (await ask(called)).text(), await (await ask(called)).text()];
    await compare(
      read,
      answers(() => streamOf([bytes])),
    );
    expect(bytes).toHaveLength(events[1]?.length ?? 0);
  });

  it("of a stream of Node's", async () => {
    const body = () => Readable.toWeb(Readable.from(events.map((text) => Buffer.from(text)))) as ReadableStream;
    const { inferences } = await compare(async (called) => (await ask(called)).text(), answers(body));
    expect(inferences).toMatchObject([{ outputTokens: 3 }]);
  });

  it("that it has read, or locked, or frozen", async () => {
    sendsAll();
    const spoil: readonly ((response: Response) => unknown)[] = [
      (response) => response.text(),
      (response) => response.body?.getReader(),
      Object.freeze,
    ];
    for (const each of spoil) {
      const given = (): typeof fetch => async () => {
        const response = new Response("{}", { headers });
        await each(response);
        return response;
      };
      const app = async (called: typeof fetch) => {
        const controller = new AbortController();
        const response = await ask(called, { signal: controller.signal });
        return [response.bodyUsed, response.body?.locked, await response.text().catch(described)];
      };
      const { inferences, diagnostics } = await compare(app, given);
      expect(inferences).toHaveLength(1);
      expect(diagnostics).toMatchObject([{ what: "observing a response" }]);
    }
  });

  it("that cannot be observed: its status says whether it is an error", async () => {
    const { aiwatch, inferences } = createTestAiwatch();
    const odd = { status: 429, headers: new Headers(), body: Readable.from([]) };
    const given = (async () => odd) as unknown as typeof fetch;
    expect(await ask(observeFetch(given, { aiwatch }))).toBe(odd);
    expect(inferences).toMatchObject([{ failure: { type: "rate_limited" } }]);
  });

  it("beside readers of its own", async () => {
    const mock = () => ({
      status: 200,
      headers: new Headers(),
      body: new Response("{}").body,
      json: async () => "mine",
    });
    const given = () => (async () => mock()) as unknown as typeof fetch;
    const { inferences } = await compare(async (called) => (await ask(called)).json(), given);
    expect(inferences).toHaveLength(1);
  });

  it("in a promise of another realm", async () => {
    sendsAll();
    const given = () => runInNewContext("(async (...args) => fetch(...args))", { fetch }) as typeof fetch;
    const { inferences } = await compare(async (called) => (await ask(called)).text(), given);
    expect(inferences).toMatchObject([{ outputTokens: 3 }]);
  });
});

/** What an app may hold of a response, and how it reads on. */
const holders: readonly (readonly [what: string, hold: (response: Response) => () => Promise<string>])[] = [
  [
    "a reader",
    (response) => {
      const reader = response.body?.getReader();
      return async () => {
        let text = "";
        for (;;) {
          const { value, done } = (await reader?.read()) ?? { done: true };
          if (done) return text;
          text += Buffer.from(value ?? []).toString();
        }
      };
    },
  ],
  [
    "its body",
    ({ body }) =>
      () =>
        new Response(body).text(),
  ],
  [
    "a clone",
    (response) => {
      const clone = response.clone();
      return () => clone.text();
    },
  ],
  [
    "a branch of its body",
    (response) => {
      const [branch] = response.body?.tee() ?? [];
      return () => new Response(branch).text();
    },
  ],
  [
    "another response with its body",
    (response) => {
      const other = new Response(response.body);
      return () => other.text();
    },
  ],
  [
    "a stream of Node's",
    (response) => {
      const readable = Readable.fromWeb(response.body as never);
      return async () => Buffer.concat(await readable.toArray()).toString();
    },
  ],
];

test.each(holders)("an app that holds %s alone reads all of it", async (_what, hold) => {
  let finish = () => {};
  const sent = new Promise<void>((resolve) => {
    goOn = (response) => {
      finish = () => response.end(rest);
      resolve();
    };
  });
  const { aiwatch, inferences } = createTestAiwatch();
  const read = await (async () => hold(await ask(observeFetch(fetch, { aiwatch }))))();
  await sent;
  for (let round = 0; round < 5; round += 1) {
    collect();
    await setImmediate();
  }
  expect(inferences).toEqual([]);
  finish();
  expect(await read()).toBe(events.join(""));
  expect(inferences).toMatchObject([{ finishReason: { unified: "length" } }]);
});

describe("a body that breaks while nobody reads says so", () => {
  it.each([
    ["by an abort", (controller: AbortController) => controller.abort()],
    ["by a reset", (_controller: AbortController, reset: () => void) => reset()],
  ])("%s", async (_how, breakOff) => {
    let reset = () => {};
    goOn = (response) => {
      reset = () => response.destroy();
    };
    const app = async (called: typeof fetch) => {
      const controller = new AbortController();
      const reader = (await ask(called, { signal: controller.signal })).body?.getReader();
      await reader?.read();
      breakOff(controller, reset);
      return reader?.closed.catch(described);
    };
    const { inferences } = await compare(app);
    await vi.waitFor(() => expect(inferences).toHaveLength(1), 20_000);
  });
});

test("a reader of a response's that is called with another one reads that one", async () => {
  sendsAll();
  await compare(async (called) => {
    const { text, clone } = await ask(called);
    const other = new Response("other");
    return [await text.call(clone.call(other)), await text.call(other), await text.call({} as never).catch(described)];
  });
});

test.each([[undefined], [null], ["text"], [{}]])(
  "readers of a response's that are called with %o fail as they do",
  async (what) => {
    sendsAll();
    await compare(async (called) => {
      const { text, json, clone } = await ask(called);
      const outcomes = [text, json, clone].map(async (method: (this: never) => unknown) => {
        let given: unknown;
        try {
          given = method.call(what as never);
        } catch (error) {
          return ["throws", described(error)];
        }
        return Promise.resolve(given).catch((error) => ["rejects", described(error)]);
      });
      return Promise.all(outcomes);
    });
  },
);

test("a fetch of the app's around an observed one is observed as any other", async () => {
  sendsAll();
  const { aiwatch: outer, inferences, diagnostics } = createTestAiwatch();
  const { aiwatch: inner, ...innermost } = createTestAiwatch();
  const observed = observeFetch(fetch, { aiwatch: inner });
  const own: typeof fetch = (input, init) => observed(input, init);
  const answer = await ask(observeFetch(own, { aiwatch: outer }));
  expect(await answer.text()).toBe(events.join(""));
  expect(inferences).toMatchObject([{ finishReason: { unified: "length" }, outputTokens: expect.any(Number) }]);
  expect(innermost.inferences.map(({ outputTokens }) => outputTokens)).toEqual([inferences[0]?.outputTokens]);
  expect([...diagnostics, ...innermost.diagnostics]).toEqual([]);
});
