import { createTestAiwatch } from "@aiwatch/core/testing";
import { afterEach, expect, test } from "vitest";
import { observeFetch } from "./observe-fetch.ts";
import { eventsOf } from "./test-support/endings/rows.ts";
import { type ModelServer, modelServer } from "./test-support/model-server.ts";

let server: ModelServer | undefined;
afterEach(async () => server?.close());

const events = eventsOf("llama-server/chat-stream").slice(0, 4);

test("an abort breaks the body at once, as it does bare, though events of its chunk are left", async () => {
  server = await modelServer((response) => {
    response.writeHead(200, { "content-type": "text/event-stream", server: "llama.cpp" });
    response.write(events.join(""));
  });
  const { aiwatch, inferences } = createTestAiwatch();
  const url = `${server.url}/v1/chat/completions`;
  for (const ask of [fetch, observeFetch(fetch, { aiwatch })]) {
    const controller = new AbortController();
    const { signal } = controller;
    const response = await ask(url, { method: "POST", body: JSON.stringify({ model: "tiny", stream: true }), signal });
    const reader = response.body?.getReader();
    await reader?.read();
    const reason = new RangeError("the app's own");
    controller.abort(reason);
    // in the same turn: a client may cancel it now, and would get a rejection that it does not expect
    const closed = await Promise.race([reader?.closed.catch((error: unknown) => error), microtasks(4)]);
    expect(closed).toBe(reason);
    await expect(reader?.read()).rejects.toBe(reason);
  }
  expect(inferences).toMatchObject([{ finishReason: { unified: "aborted", raw: "aborted" } }]);
});

async function microtasks(count: number): Promise<string> {
  for (let at = 0; at < count; at += 1) await undefined;
  return "still open";
}
