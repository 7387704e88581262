import type { BrowserReport } from "@aiwatch/core/reports-schema";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox, type OutboxOptions } from "./outbox.ts";

/** An outbox whose server answers as it is told, and notes what came. */
function outboxWith(answer: (posts: number) => Response | Promise<Response>, about: OutboxOptions["about"] = {}) {
  const posts: { report: BrowserReport; bytes: number; keepalive: boolean | undefined }[] = [];
  const outbox = new Outbox({
    fetch: (_url, init) => {
      const body = String(init?.body);
      posts.push({ report: JSON.parse(body), bytes: Buffer.byteLength(body), keepalive: init?.keepalive });
      return Promise.resolve(answer(posts.length));
    },
    url: "",
    headers: () => ({}),
    about,
  });
  const add = (type: string) => outbox.add("errors", { type });
  /** The errors of each batch. */
  const types = () => posts.map(({ report }) => report.errors?.map(({ type }) => type).join(" "));
  return { outbox, add, posts, types };
}

const ok = () => new Response();
const refused = (headers: Record<string, string> = {}, status = 429) => new Response(null, { status, headers });

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("an outbox", () => {
  it("sends one batch a second later", async () => {
    const { add, types, posts } = outboxWith(ok, { service: "chat-web", release: "1.2" });
    for (const type of ["a", "b", "c"]) add(type);
    await vi.advanceTimersByTimeAsync(999);
    expect(types()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(types()).toEqual(["a b c"]);
    const { errors: _errors, ...rest } = posts[0]!.report;
    expect(rest).toEqual({
      schema: 1,
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      service: "chat-web",
      release: "1.2",
    });
  });

  it("lets requests that are no answers wait five seconds, and not longer for what comes then", async () => {
    const { outbox, add, posts } = outboxWith(ok);
    outbox.add("spans", { kind: "request", startedAt: 0, durationMs: 1, outcome: "answered" });
    await vi.advanceTimersByTimeAsync(4000);
    expect(posts).toEqual([]);
    add("a");
    await vi.advanceTimersByTimeAsync(1000);
    expect(posts.map(({ report }) => [report.spans?.length, report.errors?.length])).toEqual([[1, 1]]);
  });

  it("sends once more what the server did not take, five seconds later, and no third time", async () => {
    const { add, types } = outboxWith(() => refused({}, 503));
    add("a");
    await vi.advanceTimersByTimeAsync(1000);
    await vi.advanceTimersByTimeAsync(4999);
    expect(types()).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(types()).toEqual(["a", "a"]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(types()).toEqual(["a", "a"]);
  });

  it("sends once more what failed on the way", async () => {
    const { add, types } = outboxWith((posts) => (posts === 1 ? Promise.reject(new TypeError("cut")) : ok()));
    add("a");
    await vi.advanceTimersByTimeAsync(100_000);
    expect(types()).toEqual(["a", "a"]);
  });

  it("does not send again what the server finds wrong", async () => {
    const { add, types } = outboxWith(() => refused({}, 400));
    add("a");
    await vi.advanceTimersByTimeAsync(100_000);
    expect(types()).toEqual(["a"]);
  });

  it("sends nothing before the server said; a page that goes neither", async () => {
    const { outbox, add, types, posts } = outboxWith((sent) => (sent === 1 ? refused({ "retry-after": "30" }) : ok()));
    add("a");
    await vi.advanceTimersByTimeAsync(1000);
    add("b");
    await outbox.flush(true);
    await vi.advanceTimersByTimeAsync(28_900);
    expect(types()).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1100);
    expect(types()).toEqual(["a", "a", "b"]);
    expect(posts[1]?.report.id).toBe(posts[0]?.report.id);
  });

  it("keeps a hundred: the newest", async () => {
    const { outbox, add, types } = outboxWith(ok);
    for (let at = 0; at < 150; at += 1) add(String(at));
    await outbox.flush();
    expect(types()).toEqual([Array.from({ length: 100 }, (_, at) => String(at + 50)).join(" ")]);
  });

  it("makes no batch that cannot outlive the page: a hundred of the longest", async () => {
    const { outbox, posts } = outboxWith(ok, { service: "s".repeat(64), release: "r".repeat(64) });
    const ids = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
    const ms = 1234567.123456789;
    const of = { kind: "request", startedAt: 1.7e12, durationMs: ms, firstTextMs: ms, paintedMs: ms } as const;
    for (let at = 0; at < 100; at += 1)
      outbox.add("spans", { ...ids, ...of, outcome: "aborted", status: 500, errorType: "x".repeat(64) });
    await outbox.flush(true);
    for (let at = 0; at < 100; at += 1) outbox.add("errors", { type: "x".repeat(64), place: "y".repeat(200) });
    await outbox.flush(true);
    expect(posts).toHaveLength(2);
    for (const { bytes, keepalive } of posts) {
      expect(bytes).toBeLessThan(60_000);
      expect(keepalive).toBe(true);
    }
  });

  it("lets no more than 60,000 bytes outlive the page, and counts them down when they have arrived", async () => {
    const waiting: (() => void)[] = [];
    const { outbox, add, posts } = outboxWith(() => new Promise((resolve) => waiting.push(() => resolve(ok()))));
    const kept = () => posts.map(({ keepalive }) => keepalive);
    add("a".repeat(40_000));
    const first = outbox.flush();
    add("b".repeat(40_000));
    const second = outbox.flush();
    expect(kept()).toEqual([true, false]);
    for (const answer of waiting) answer();
    await Promise.all([first, second]);
    add("c".repeat(40_000));
    void outbox.flush();
    expect(kept()).toEqual([true, false, true]);
  });

  it("takes nothing after it is closed, and sends what it had", async () => {
    const { outbox, add, types } = outboxWith(ok);
    add("a");
    outbox.close();
    add("b");
    await outbox.flush();
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
      about: {},
    });
    outbox.add("errors", { type: "a" });
    await expect(outbox.flush()).resolves.toBeUndefined();
  });

  it("keeps ten batches of a connection that breaks again and again, and drops the oldest", async () => {
    const navigator = { onLine: true };
    vi.stubGlobal("navigator", navigator);
    let breaks = true;
    const { outbox, add, types } = outboxWith(() => {
      if (!breaks) return ok();
      navigator.onLine = false;
      throw new TypeError("network");
    });
    for (let at = 0; at < 30; at += 1) {
      navigator.onLine = true;
      add(String(at));
      await outbox.flush();
    }
    const before = types().length;
    breaks = false;
    navigator.onLine = true;
    await outbox.flush();
    expect(types().slice(before)).toEqual(Array.from({ length: 10 }, (_, at) => String(20 + at)));
  });
});
