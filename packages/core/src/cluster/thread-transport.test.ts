import { BroadcastChannel, threadId } from "node:worker_threads";
import { afterEach, expect, it, vi } from "vitest";
import type { WorkerLine } from "./message.ts";
import { mainThread, workerThreads } from "./thread-transport.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Both sides in one thread: channels reach it as they reach others. */
function openWorker() {
  const heard: unknown[] = [];
  const line = mainThread.open((message) => heard.push(message));
  closers.push(() => line.close());
  return { line, heard };
}

function openMain() {
  const lines: WorkerLine[] = [];
  const heard: unknown[] = [];
  const gone: string[] = [];
  const close = workerThreads.open({
    found: (line) => lines.push(line),
    heard: (line, message) => heard.push([line.id, message]),
    gone: (id) => gone.push(id),
  });
  closers.push(close);
  return { lines, heard, gone, close };
}

const hello = { kind: "hello", again: false, sources: { metrics: 1, summary: 1, chats: 1 } } as const;
const ours = (message: object) => expect.objectContaining({ ...message, protocol: "@aiwatch/core/cluster/1" });

it.each(["before", "after"])(
  "a thread that joins %s the main thread is found, and both hear each other",
  async (when) => {
    const early = when === "before" ? openWorker() : undefined;
    const main = openMain();
    const worker = early ?? openWorker();
    await vi.waitFor(() => expect(main.lines).not.toEqual([]), 20_000);
    const [line] = main.lines;
    await worker.line.send(hello);
    await line?.send({ kind: "ask", subject: "metrics", id: 1 });
    await vi.waitFor(() => expect(main.heard).toEqual([[line?.id, ours(hello)]]), 20_000);
    await vi.waitFor(() => expect(worker.heard).toEqual([ours({ kind: "ask", subject: "metrics", id: 1 })]), 20_000);
  },
);

it("a thread that mutes its line hears nothing more, and what it sends arrives", async () => {
  const main = openMain();
  const { line, heard } = openWorker();
  await vi.waitFor(() => expect(main.lines).not.toEqual([]), 20_000);
  line.mute();
  await main.lines[0]?.send({ kind: "ask", subject: "metrics", id: 1 });
  await line.send(hello);
  line.close();
  await vi.waitFor(() => expect(main.heard).toEqual([[main.lines[0]?.id, ours(hello)]]), 20_000);
  expect(heard).toEqual([]);
});

it("a thread that ends is gone when all that it sent was heard", async () => {
  const main = openMain();
  const { line } = openWorker();
  await vi.waitFor(() => expect(main.lines).not.toEqual([]), 20_000);
  await line.send(hello);
  // what a thread of its own announces when its process object exits
  const lobby = new BroadcastChannel("@aiwatch/core/cluster/1/threads");
  lobby.postMessage({ kind: "gone", thread: threadId });
  closers.push(() => lobby.close());
  await vi.waitFor(() => expect(main.gone).toEqual([main.lines[0]?.id]), 20_000);
  expect(main.heard).toEqual([[main.lines[0]?.id, ours(hello)]]);
});

it("a main thread that left finds nobody", async () => {
  const first = openMain();
  first.close();
  openWorker();
  const second = openMain();
  await vi.waitFor(() => expect(second.lines).not.toEqual([]), 20_000);
  expect(first.lines).toEqual([]);
});
