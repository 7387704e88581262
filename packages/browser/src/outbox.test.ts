import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Fact, Outbox } from "./outbox.ts";

const fact = (type: string): Fact => ({ kind: "error", type, at: 0 });

/** An outbox whose server answers as it is told, and notes what came. */
function outboxWith(answer: (posts: number) => Response | Promise<Response>) {
  const posts: { type: string; keepalive: boolean | undefined }[] = [];
  const outbox = new Outbox({
    fetch: (_url, init) => {
      const { error_type: type } = JSON.parse(String(init?.body));
      posts.push({ type, keepalive: init?.keepalive });
      return Promise.resolve(answer(posts.length));
    },
    url: "",
    headers: () => ({}),
  });
  const types = () => posts.map(({ type }) => type);
  return { outbox, posts, types };
}

const ok = () => new Response();
const refused = (headers: Record<string, string> = {}, status = 429) => new Response(null, { status, headers });

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] }));
afterEach(() => void vi.useRealTimers());

describe("an outbox", () => {
  it("sends a second later, one after the other", async () => {
    const waiting: (() => void)[] = [];
    const { outbox, types } = outboxWith(() => new Promise((resolve) => waiting.push(() => resolve(ok()))));
    for (const type of ["a", "b", "c"]) outbox.add(fact(type));
    await vi.advanceTimersByTimeAsync(999);
    expect(types()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(types()).toEqual(["a"]);
    waiting.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(types()).toEqual(["a", "b"]);
  });

  it("sends once more what the server did not take, five seconds later, and no third time", async () => {
    const { outbox, types } = outboxWith(() => refused({}, 503));
    outbox.add(fact("a"));
    await vi.advanceTimersByTimeAsync(1000);
    await vi.advanceTimersByTimeAsync(4999);
    expect(types()).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(types()).toEqual(["a", "a"]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(types()).toEqual(["a", "a"]);
  });

  it("sends once more what failed on the way", async () => {
    const { outbox, types } = outboxWith((posts) => (posts === 1 ? Promise.reject(new TypeError("cut")) : ok()));
    outbox.add(fact("a"));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(types()).toEqual(["a", "a"]);
  });

  it("does not send again what the server finds wrong", async () => {
    const { outbox, types } = outboxWith(() => refused({}, 400));
    outbox.add(fact("a"));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(types()).toEqual(["a"]);
  });

  it.each([
    ["seconds", () => "30"],
    ["a date", () => new Date(Date.now() + 30_000).toUTCString()],
  ])("sends nothing before the server said, in %s; a page that goes neither", async (_name, when) => {
    vi.setSystemTime(1_000_000);
    const { outbox, types } = outboxWith((posts) => (posts === 1 ? refused({ "retry-after": when() }) : ok()));
    outbox.add(fact("a"));
    await vi.advanceTimersByTimeAsync(1000);
    outbox.add(fact("b"));
    await outbox.flush(true);
    await vi.advanceTimersByTimeAsync(28_900);
    expect(types()).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1100);
    expect(types()).toEqual(["a", "a", "b"]);
  });

  it("keeps a hundred: the newest", async () => {
    const { outbox, types } = outboxWith(ok);
    for (let at = 0; at < 150; at += 1) outbox.add(fact(String(at)));
    await outbox.flush();
    expect(types()).toEqual(Array.from({ length: 100 }, (_, at) => String(at + 50)));
  });

  it("lets no more than 60,000 bytes outlive the page, and counts them down when they have arrived", async () => {
    const waiting: (() => void)[] = [];
    const { outbox, posts } = outboxWith(() => new Promise((resolve) => waiting.push(() => resolve(ok()))));
    const kept = () => posts.map(({ keepalive }) => keepalive);
    for (const type of ["a", "b"]) outbox.add(fact(type.repeat(40_000)));
    const flushed = outbox.flush();
    expect(kept()).toEqual([true, false]);
    for (const answer of waiting) answer();
    await flushed;
    outbox.add(fact("c".repeat(40_000)));
    void outbox.flush();
    expect(kept()).toEqual([true, false, true]);
  });

  it("takes nothing after it is closed, and sends what it had", async () => {
    const { outbox, types } = outboxWith(ok);
    outbox.add(fact("a"));
    outbox.close();
    outbox.add(fact("b"));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(types()).toEqual(["a"]);
  });

  it("never rejects, whatever the app's headers do", async () => {
    const outbox = new Outbox({
      fetch: () => Promise.resolve(ok()),
      url: "",
      headers: () => {
        throw new Error("no token");
      },
    });
    outbox.add(fact("a"));
    await expect(outbox.flush()).resolves.toBeUndefined();
  });
});
