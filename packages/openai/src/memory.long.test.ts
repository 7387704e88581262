import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, it } from "vitest";
import { observeFetch } from "./observe-fetch.ts";
import { modelServer, type Script } from "./test-support/model-server.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const megabytes = 200;

/** Writes so many megabytes at the pace of its reader. */
function writes(chunk: string, type: string): Script {
  return async (response) => {
    const closed = once(response, "close");
    response.writeHead(200, { "content-type": type, server: "llama.cpp" });
    for (let written = 0; written < megabytes * 2 ** 20; written += chunk.length) {
      if (!response.write(chunk)) await Promise.race([once(response, "drain"), closed]);
    }
    response.end();
  };
}

const event = (length: number) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "x".repeat(length) } }] })}\n\n`;

it.each([
  ["of short events", event(10).repeat(500), "text/event-stream"],
  ["of long events", event(1_000_000), "text/event-stream"],
  ["in one piece", "0.123456789,".repeat(5000), "application/json"],
])(`memory stays flat over an answer of ${megabytes} MB %s`, async (_what, chunk, type) => {
  const server = await modelServer(writes(chunk, type));
  const { aiwatch, inferences } = createTestAiwatch();
  const init = { method: "POST", body: JSON.stringify({ model: "m", stream: true }) };
  const response = await observeFetch(fetch, { aiwatch })(`${server.url}/v1/chat/completions`, init);
  const heldMb = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / 2 ** 20;
  };
  let [read, chunks, most] = [0, 0, 0];
  const before = heldMb();
  for await (const bytes of response.body ?? []) {
    read += bytes.length;
    chunks += 1;
    if (chunks % 50_000 === 1) most = Math.max(most, heldMb());
  }
  await server.close();
  expect(read).toBeGreaterThanOrEqual(megabytes * 2 ** 20);
  expect(inferences).toHaveLength(1);
  expect(most - before).toBeLessThan(30);
});
