import { setImmediate } from "node:timers/promises";
import { observeFetch } from "@aiwatch/openai";
import { type Took, timed } from "../measure/pairs.ts";
import { type Condition, watch } from "../observing/conditions.ts";

export interface CallsBlock {
  readonly calls: number;
  /** Events with output in each answer, a chunk each. */
  readonly chunks: number;
}

const head = '"created":1795890135,"id":"chatcmpl-oa0YGrwSHNnq8HW45ToMvcHTbE67iAO1","model":"tiny-chat.gguf"';
const tail = '"system_fingerprint":"b11549-unknown","object":"chat.completion.chunk"';
const timings = '"timings":{"cache_n":9,"prompt_n":1,"prompt_ms":0.234,"predicted_n":3,"predicted_ms":0.171}';

const encoder = new TextEncoder();
const event = (choice: string, more = "") => encoder.encode(`data: {"choices":[${choice}],${head},${tail}${more}}\n\n`);

const role = event('{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}');
const token = event('{"finish_reason":null,"index":0,"delta":{"content":" explain"}}');
const finish = event('{"finish_reason":"length","index":0,"delta":{}}', `,${timings}`);
const done = encoder.encode("data: [DONE]\n\n");

/** The network's place: a byte stream as `fetch` gives it, an event of llama-server in each chunk. */
function answer(chunks: number): Response {
  let sent = 0;
  const body = new ReadableStream(
    {
      type: "bytes",
      pull(controller) {
        if (sent === chunks + 3) return controller.close();
        const events = sent === 0 ? role : sent <= chunks ? token : sent === chunks + 1 ? finish : done;
        sent += 1;
        return controller.enqueue(events.slice());
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream", server: "llama.cpp" } });
}

/** Reads an answer as clients do: lines, and JSON of each event. @returns the texts that it held */
async function read(response: Response): Promise<number> {
  const decoder = new TextDecoder();
  let [texts, rest] = [0, ""];
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data: {")) continue;
      const { choices } = JSON.parse(line.slice("data: ".length));
      if (typeof choices[0]?.delta.content === "string") texts += 1;
    }
  }
  return texts;
}

/** Blocks of streamed chat completions in memory, by a client that reads them as openai's does. */
export async function clientTask(condition: Condition) {
  const watching = watch(condition);
  let chunks = 0;
  const bare: typeof fetch = async () => {
    await setImmediate();
    return answer(chunks);
  };
  const called = watching === undefined ? bare : observeFetch(bare, { aiwatch: watching.aiwatch });
  const body = JSON.stringify({ model: "tiny-chat", stream: true, messages: [{ role: "user", content: "Hello" }] });
  const headers = { "content-type": "application/json", "x-stainless-retry-count": "0" };
  let total = 0;
  return async (block: CallsBlock): Promise<Took> => {
    chunks = block.chunks;
    total += block.calls;
    const took = await timed(async () => {
      for (let call = 0; call < block.calls; call += 1) {
        const { signal } = new AbortController();
        const url = "http://localhost:8080/v1/chat/completions";
        const texts = await read(await called(url, { method: "POST", headers, body, signal }));
        if (texts !== chunks) throw new Error(`the client read ${texts} texts, not ${chunks}`);
      }
    });
    await watching?.check(total);
    return took;
  };
}
