import { EventEmitter } from "node:events";
import { createServer, type RequestListener, ServerResponse } from "node:http";
import { expect, it, vi } from "vitest";
import { serveWith } from "../test-support/served-app.ts";

const { emit } = EventEmitter.prototype;

/** As tracing does that is loaded before all else. */
function patchEmit(seen: Set<string>): () => void {
  EventEmitter.prototype.emit = function patched(name, ...rest) {
    if (this instanceof ServerResponse) seen.add(String(name));
    return emit.call(this, name as string, ...rest);
  };
  return () => {
    EventEmitter.prototype.emit = emit;
  };
}

it("an emit that was patched before we were loaded sees each event, listened to or not", async () => {
  const seen = new Set<string>();
  const restore = patchEmit(seen);
  try {
    vi.resetModules();
    const { aiwatchNode } = await import("../doors/node.ts");
    const answer: RequestListener = (_req, res) => void res.end("x");
    const eventsOf = async (observed: boolean) => {
      seen.clear();
      const app = await serveWith((aiwatch) => createServer(observed ? aiwatchNode(answer, aiwatch) : answer));
      await (await fetch(app.url, { headers: { connection: "close" } })).text();
      await vi.waitUntil(() => app.server.listening && seen.has("finish"), 20_000);
      await new Promise((resolve) => setImmediate(resolve));
      return [...seen].sort();
    };
    expect(await eventsOf(true)).toEqual(await eventsOf(false));
  } finally {
    restore();
  }
});
