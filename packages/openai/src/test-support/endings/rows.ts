import { captured } from "../captured.ts";
import { plays, type Script } from "../model-server.ts";
import { type Consumer, chatPath, described, type EndingRow, headOf, streamed, whole } from "./ending.ts";

/** The events of a captured stream. */
export function eventsOf(name: string): string[] {
  return captured(name)
    .body.split(/(?<=\n\n)/)
    .filter((event) => event.trim() !== "");
}

const events = eventsOf("llama-server/chat-stream");
const sse = { "content-type": "text/event-stream", server: "llama.cpp" };

/** Writes events one by one, each in a chunk of its own, and then does what is said. */
function streams(texts: readonly string[], then: Script, headers: Record<string, string> = sse): Script {
  return async (response, request, received) => {
    response.writeHead(200, headers);
    for (const text of texts) {
      response.write(text);
      await new Promise(setImmediate);
    }
    await then(response, request, received);
  };
}

/** Keeps what is in it from being collected. */
const held: unknown[] = [];

const ends: Script = (response) => void response.end();
const resets: Script = (response) => void response.destroy();
const stalls: Script = () => {};
const answers =
  (status: number, body: object | string, headers: Record<string, string> = {}): Script =>
  (response) =>
    response
      .writeHead(status, { "content-type": typeof body === "string" ? "text/plain" : "application/json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));

const readsText =
  (init: () => RequestInit = streamed, path = chatPath): Consumer =>
  async (fetch, url) => {
    const response = await fetch(`${url}${path}`, init());
    const head = headOf(response, url);
    const text = await response.text().catch(described);
    return { head, text, bodyUsed: response.bodyUsed, again: await response.text().catch(described) };
  };

const readsJson: Consumer = async (fetch, url) => (await fetch(`${url}${chatPath}`, whole())).json().catch(described);

/** Reads until some bytes have come; chunks may be cut anywhere. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: string): Promise<void> {
  const decoder = new TextDecoder();
  for (let text = ""; !text.includes(wanted); ) {
    const { value, done } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
  }
}

const leaves =
  (leave: (response: Response, controller: AbortController) => unknown): Consumer =>
  async (fetch, url) => {
    const controller = new AbortController();
    const response = await fetch(`${url}${chatPath}`, streamed({ signal: controller.signal }));
    return leave(response, controller);
  };

const none = { failure: undefined };
const done = {
  finishReason: { unified: "length", raw: "length" },
  ...none,
  outputTokens: 3,
  promptTokens: 10,
} as const;
const aborted = (raw: string) => ({ finishReason: { unified: "aborted", raw }, ...none }) as const;
const failed = (type: string) => ({ finishReason: { unified: "error" }, failure: { type } }) as const;

const completeRows: readonly EndingRow[] = [
  {
    name: "a stream is read whole",
    server: streams(events, ends),
    app: readsText(),
    record: { ...done, undeliveredTokens: 0 },
  },
  {
    name: "a stream comes in one chunk",
    server: plays("llama-server/chat-stream"),
    app: readsText(),
    record: { ...done, undeliveredTokens: 0 },
  },
  {
    name: "a stream is read by for await",
    server: streams(events, ends),
    app: leaves(async (response) => {
      let length = 0;
      for await (const chunk of response.body ?? []) length += chunk.length;
      return length;
    }),
    record: done,
  },
  {
    name: "a stream is read into a buffer of the app's own",
    server: streams(events, ends),
    app: leaves(async (response) => {
      const reader = response.body?.getReader({ mode: "byob" });
      let length = 0;
      for (;;) {
        const result = await reader?.read(new Uint8Array(64));
        if (result === undefined || result.done) return length;
        length += result.value.length;
      }
    }),
    record: done,
  },
  {
    name: "a stream is cancelled behind its end's mark",
    server: streams(events, stalls),
    app: leaves(async (response) => {
      const reader = response.body?.getReader();
      if (reader === undefined) return undefined;
      await readUntil(reader, "[DONE]");
      await reader.cancel();
      return reader.closed;
    }),
    record: done,
  },
  {
    name: "a stream is read up to its end's mark, and left",
    server: streams(events, stalls),
    app: leaves(async (response) => {
      const reader = response.body?.getReader();
      held.push(reader);
      if (reader !== undefined) await readUntil(reader, "[DONE]");
    }),
    record: { ...done, undeliveredTokens: 0 },
  },
  {
    name: "a body that is read is asked for its text, too",
    server: streams(events, ends),
    app: leaves(async (response) => {
      const reader = response.body?.getReader();
      const locked = await response.text().catch(described);
      await reader?.read();
      const read = await response.json().catch(described);
      const used = [response.bodyUsed, response.body?.locked];
      reader?.releaseLock();
      const released = await response.text().catch(described);
      let cloned: unknown;
      try {
        response.clone();
      } catch (error) {
        cloned = described(error);
      }
      let length = 0;
      for await (const chunk of response.body ?? []) length += chunk.length;
      return [locked, read, used, released, cloned, length > 0];
    }),
    record: done,
  },
  {
    name: "a stream is aborted behind its finish reason",
    server: streams(events.slice(0, -1), stalls),
    app: leaves(async (response, controller) => {
      const reader = response.body?.getReader();
      if (reader === undefined) return undefined;
      await readUntil(reader, "timings");
      controller.abort();
      return reader.read().catch(described);
    }),
    record: done,
  },
  {
    name: "a stream is teed by the app",
    server: streams(events, ends),
    app: leaves(async (response) => {
      const [one, other] = response.body?.tee() ?? [];
      return Promise.all([one, other].map((branch) => new Response(branch).text()));
    }),
    record: done,
  },
  {
    name: "a response is cloned by the app, twice",
    server: streams(events, ends),
    app: async (fetch, url) => {
      const response = await fetch(`${url}${chatPath}`, streamed());
      const clone = response.clone();
      const again = clone.clone();
      const heads = [response, clone, again].map((each) => headOf(each, url));
      return [heads, await Promise.all([response.text(), clone.text(), again.text()])];
    },
    record: done,
  },
  {
    name: "a stream goes through a transform",
    server: streams(events, ends),
    app: leaves(async (response) => {
      const text = response.body?.pipeThrough(new TextDecoderStream());
      let all = "";
      for await (const part of text ?? []) all += part;
      return all;
    }),
    record: done,
  },
  {
    name: "an answer in one piece",
    server: plays("llama-server/chat"),
    app: readsJson,
    record: { ...done, outputTokens: 4 },
  },
  {
    name: "an answer in one piece is read as text",
    server: plays("llama-server/chat"),
    app: readsText(whole),
    record: { ...done, outputTokens: 4 },
  },
  {
    name: "an answer in one piece is read as bytes",
    server: plays("llama-server/chat"),
    app: async (fetch, url) => Buffer.from(await (await fetch(`${url}${chatPath}`, whole())).arrayBuffer()).toString(),
    record: { ...done, outputTokens: 4 },
  },
  {
    name: "an answer in one piece is read as a blob",
    server: plays("llama-server/chat"),
    app: async (fetch, url) => {
      const blob = await (await fetch(`${url}${chatPath}`, whole())).blob();
      return [blob.type, await blob.text()];
    },
    record: { ...done, outputTokens: 4 },
  },
];

const leftRows: readonly EndingRow[] = [
  {
    name: "the app cancels in the answer",
    server: streams(events.slice(0, 3), stalls),
    app: leaves(async (response) => {
      const reader = response.body?.getReader();
      if (reader === undefined) return undefined;
      await readUntil(reader, "Let");
      return reader.cancel("enough");
    }),
    record: aborted("cancelled"),
  },
  {
    name: "the app breaks out of for await",
    server: streams(events.slice(0, 2), stalls),
    app: leaves(async (response) => {
      for await (const _chunk of response.body ?? []) break;
    }),
    record: aborted("cancelled"),
  },
  {
    name: "the app breaks off what was read ahead",
    server: plays("llama-server/chat-stream"),
    app: leaves(async (response) => {
      const reader = response.body?.getReader();
      if (reader !== undefined) await readUntil(reader, "Let");
      return reader?.cancel();
    }),
    // the chunk held all of the answer: its counts are known
    record: { ...aborted("cancelled"), promptTokens: 10, outputTokens: 3 },
  },
  {
    name: "the app aborts in the answer",
    server: streams(events.slice(0, 3), stalls),
    app: leaves(async (response, controller) => {
      const reader = response.body?.getReader();
      if (reader === undefined) return undefined;
      await readUntil(reader, " me");
      controller.abort();
      return reader.read().catch(described);
    }),
    record: { ...aborted("aborted"), outputTokens: 2, undeliveredTokens: 0, promptTokens: undefined },
  },
  {
    name: "the app aborts with an error of its own",
    server: streams(events.slice(0, 2), stalls),
    app: leaves(async (response, controller) => {
      const reader = response.body?.getReader();
      if (reader === undefined) return undefined;
      await readUntil(reader, "Let");
      controller.abort(new RangeError("the app's own"));
      return reader.read().catch(described);
    }),
    record: { ...aborted("aborted"), outputTokens: 1 },
  },
  {
    name: "the app aborts while it waits for a token",
    server: streams(events.slice(0, 2), stalls),
    app: leaves(async (response, controller) => {
      const reader = response.body?.getReader();
      if (reader === undefined) return undefined;
      await readUntil(reader, "Let");
      const read = reader.read().catch(described);
      controller.abort();
      return read;
    }),
    record: aborted("aborted"),
  },
  {
    name: "the app aborts before the answer",
    server: stalls,
    app: async (fetch, url, server) => {
      const controller = new AbortController();
      const received = server.nextRequest();
      const response = fetch(`${url}${chatPath}`, streamed({ signal: controller.signal })).catch(described);
      await received;
      controller.abort();
      return response;
    },
    record: { ...aborted("aborted"), outputTokens: undefined },
  },
  {
    name: "the app's signal was aborted before the call",
    server: stalls,
    app: (fetch, url) => fetch(`${url}${chatPath}`, streamed({ signal: AbortSignal.abort() })).catch(described),
    record: aborted("aborted"),
  },
  {
    name: "a time limit ends before the answer",
    server: stalls,
    app: (fetch, url) => fetch(`${url}${chatPath}`, streamed({ signal: AbortSignal.timeout(300) })).catch(described),
    record: failed("timeout"),
  },
  {
    name: "a time limit ends in the answer",
    server: streams(events.slice(0, 2), stalls),
    app: async (fetch, url) =>
      (await fetch(`${url}${chatPath}`, streamed({ signal: AbortSignal.timeout(300) }))).text().catch(described),
    record: { ...failed("timeout"), outputTokens: 1 },
  },
];

const error = (message: string, type: string) => ({ error: { message, type } });

const failedRows: readonly EndingRow[] = [
  {
    name: "the stream closes quietly",
    server: streams(events.slice(0, 3), ends),
    app: readsText(),
    record: { ...failed("cut"), outputTokens: 2 },
  },
  {
    name: "the connection is reset in the answer",
    server: streams(events.slice(0, 3), resets),
    app: readsText(),
    record: failed("network"),
  },
  {
    name: "the connection is reset before the answer",
    server: (_response, request) => void request.socket.destroy(),
    app: (fetch, url) => fetch(`${url}${chatPath}`, streamed()).catch(described),
    record: failed("network"),
  },
  {
    name: "an answer in one piece is cut",
    server: (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"choices":[');
      setImmediate(() => response.destroy());
    },
    app: readsJson,
    record: failed("network"),
  },
  {
    name: "an error comes in the stream",
    server: streams(
      [...events.slice(0, 2), `data: ${JSON.stringify(error("out of memory", "server_error"))}\n\n`],
      ends,
    ),
    app: readsText(),
    record: { ...failed("engine_error"), outputTokens: 1 },
  },
  {
    name: "a prompt exceeds the context",
    server: plays("llama-server/err-context"),
    app: readsText(whole),
    record: { ...failed("context_overflow"), provider: "llama.cpp" },
  },
  {
    name: "a streamed prompt exceeds the context",
    server: plays("llama-server/err-context-stream"),
    app: readsText(),
    record: failed("context_overflow"),
  },
  {
    name: "a body is wrong",
    server: plays("llama-server/err-body"),
    app: readsText(),
    record: failed("invalid_argument"),
  },
  { name: "the key is wrong", server: plays("llama-server/err-401"), app: readsText(), record: failed("unauthorized") },
  { name: "a path is unknown", server: plays("llama-server/err-404"), app: readsText(), record: failed("not_found") },
  {
    name: "Ollama does not know the model",
    server: plays("ollama/err-unknown-model"),
    app: readsText(whole, "/api/chat"),
    record: failed("not_found"),
  },
  {
    name: "Docker Model Runner does not know the model",
    server: plays("docker-model-runner/err-unknown-model"),
    app: readsText(),
    record: failed("not_found"),
  },
  {
    name: "there are too many requests",
    server: answers(429, error("slow down", "rate_limit_error"), { "retry-after": "1" }),
    app: readsText(),
    record: failed("rate_limited"),
  },
  {
    name: "the server is overloaded",
    server: answers(503, { error: "server busy, please try again" }),
    app: readsText(),
    record: failed("unavailable"),
  },
  { name: "the server is broken", server: answers(500, "oops"), app: readsText(), record: failed("server_error") },
  {
    name: "an error answer is cancelled unread",
    server: answers(500, error("oops", "server_error")),
    app: leaves(async (response) => response.body?.cancel()),
    record: failed("server_error"),
  },
  {
    name: "an error answer is never read",
    server: answers(429, error("slow down", "rate_limit_error")),
    app: leaves((response) => response.status),
    record: failed("rate_limited"),
  },
  {
    name: "an answer in one piece is an error all the same",
    server: answers(200, error("model exploded", "server_error")),
    app: readsJson,
    record: failed("engine_error"),
  },
  {
    name: "a redirect is followed",
    server: (response, request, received) => {
      if (request.url?.includes("moved")) return plays("llama-server/chat-stream")(response, request, received);
      return response.writeHead(307, { location: `/moved${chatPath}` }).end();
    },
    app: readsText(),
    record: done,
  },
  {
    name: "a redirect is the app's to follow",
    server: (response) => response.writeHead(307, { location: "/elsewhere" }).end(),
    app: readsText(() => streamed({ redirect: "manual" })),
    record: failed("redirected"),
  },
];

/** Every way in which a call of a model server ends. */
export const endingRows: readonly EndingRow[] = [...completeRows, ...leftRows, ...failedRows];
