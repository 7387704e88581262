import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { mostBytes, Readers } from "./readers.ts";

/** A response whose reader takes nothing until it drains. */
class Unread extends EventEmitter {
  destroyed = false;
  writableEnded = false;
  socket: object | null = {};
  readonly written: Uint8Array[] = [];

  write(piece: Uint8Array): boolean {
    this.written.push(piece);
    return false;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

/** Two of them fill the room. */
const longText = () => [Buffer.alloc(mostBytes / 4), Buffer.alloc(mostBytes / 4)];
const turns = async () => {
  for (let n = 0; n < 3; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

interface Asking {
  readonly text?: readonly Buffer[];
  readonly client?: string;
  readonly socket?: EventEmitter;
  readonly queued?: boolean;
}

function start() {
  let now = 0;
  const looks = new Set<() => void>();
  const clock = { now: () => now } as ConstructorParameters<typeof Readers>[0];
  const readers = new Readers(clock, (look) => {
    looks.add(look);
    return () => looks.delete(look);
  });
  const read = ({ text = longText(), client = "192.0.2.1", socket = new EventEmitter(), queued }: Asking = {}) => {
    const res = new Unread();
    if (queued) res.socket = null;
    const answer = { state: "open" as unknown, res };
    readers.read({ socket, ip: client } as unknown as IncomingMessage, res as unknown as ServerResponse, text).then(
      () => Object.assign(answer, { state: "ended" }),
      ({ status, headers }) => Object.assign(answer, { state: [status, headers] }),
    );
    return answer;
  };
  const room = async () => {
    const asked = { isThere: false };
    void readers.room().then(() => Object.assign(asked, { isThere: true }));
    await turns();
    return asked;
  };
  /** Time passes, and readers are looked at where somebody waits. */
  const pass = async (ms: number) => {
    now += ms;
    for (const look of looks) look();
    looks.clear();
    await turns();
  };
  return { read, room, pass, looks };
}

const drain = async ({ res }: { readonly res: Unread }) => {
  res.emit("drain");
  await turns();
};

it("writes the same pieces to all, one after the other as each takes them, by one listener", async () => {
  const { read } = start();
  const text = longText();
  const [one, other] = [read({ text }), read({ text })];
  expect([one, other].map(({ res }) => [res.written.length, res.written[0] === text[0]])).toEqual([
    [1, true],
    [1, true],
  ]);
  await drain(one);
  expect(one.res.written[1]).toBe(text[1]);
  expect([one.res.listenerCount("drain"), one.res.listenerCount("close"), one.state]).toEqual([1, 1, "open"]);
  await drain(one);
  expect([one.res.listenerCount("drain"), one.res.listenerCount("close"), one.state]).toEqual([0, 0, "ended"]);
  expect(other.res.written).toHaveLength(1);
});

it("has room for any number that read one text, for a second text of any length, and for many short ones", async () => {
  const { read, room } = start();
  const text = longText();
  for (let n = 0; n < 1000; n += 1) read({ text });
  expect((await room()).isThere).toBe(true);
  const short = start();
  for (let n = 0; n < 50; n += 1) short.read({ text: [Buffer.alloc(100_000)] });
  expect((await short.room()).isThere).toBe(true);
  const huge = start();
  huge.read({ text: [Buffer.alloc(mostBytes)] });
  expect((await huge.room()).isThere).toBe(true);
});

it("has room again as soon as a text is read", async () => {
  const { read, room, looks } = start();
  const [one] = [read(), read()];
  const asked = await room();
  await drain(one);
  expect(asked.isThere).toBe(false);
  await drain(one);
  expect([asked.isThere, looks.size]).toEqual([true, 0]);
});

it("cuts off whoever took nothing for a second where another text is asked for, and nobody before that", async () => {
  const { read, room, pass } = start();
  const [early, late] = [read(), read()];
  await pass(500);
  await drain(late);
  await pass(500);
  expect(early.res.destroyed).toBe(false);
  const asked = await room();
  expect([asked.isThere, early.res.destroyed, early.state, late.res.destroyed]).toEqual([true, true, "ended", false]);
});

it("cuts off none of those who share a text with one that reads it", async () => {
  const { read, room, pass } = start();
  const text = longText();
  const [stalled, reading] = [read({ text }), read({ text, client: "192.0.2.2" })];
  const other = read({ client: "192.0.2.3" });
  await pass(900);
  await drain(reading);
  const asked = await room();
  await pass(100);
  expect([stalled, reading, other].map(({ res }) => res.destroyed)).toEqual([false, false, true]);
  expect(asked.isThere).toBe(true);
});

it("counts a reader's waiting anew when it takes something, and not at all between two pieces", async () => {
  const { read, room, pass } = start();
  const client = "198.51.100.1";
  const text = [...longText(), Buffer.alloc(1)];
  const all = [read({ text }), read({ client })];
  const asked = await room();
  await pass(900);
  for (const one of all) one.res.emit("drain");
  // the next piece is written in the next turn
  await Promise.resolve();
  await pass(900);
  expect(all.map(({ res }) => res.destroyed)).toEqual([false, false]);
  await pass(99);
  expect(asked.isThere).toBe(false);
});

it("spares those of whom fewest texts are read", async () => {
  const { read, room, pass } = start();
  const text = [Buffer.alloc(mostBytes / 2)];
  const few = read({ text, client: "198.51.100.1" });
  await pass(10);
  const many = [read({ text: [...text] }), read({ text: [...text] })];
  await pass(1000);
  await room();
  expect([few.res.destroyed, many.map(({ res }) => res.destroyed)]).toEqual([false, [true, false]]);
});

it.each([
  ["ten seconds for one that reads one text", ["192.0.2.1", "192.0.2.2"], 10_000],
  ["a second for each where a client reads several", ["192.0.2.1", "192.0.2.1"], 1000],
])("lets slow readers have %s where another is asked for", async (_what, clients, ms) => {
  const { read, room, pass } = start();
  const slow = clients.map((client) => read({ client, text: Array(50).fill(Buffer.alloc(mostBytes / 100)) }));
  const asked = await room();
  for (let passed = 0; passed < ms - 500; passed += 500) {
    await pass(500);
    for (const one of slow) await drain(one);
  }
  await pass(499);
  expect([asked.isThere, slow.map(({ res }) => res.destroyed)]).toEqual([false, [false, false]]);
  await pass(1);
  expect([asked.isThere, slow.map(({ res }) => res.destroyed)]).toEqual([true, [true, false]]);
});

it("refuses those of a connection that takes none of a hundred answers, and no others", async () => {
  const { read } = start();
  const socket = new EventEmitter();
  const text = [Buffer.from("short")];
  const all = Array.from({ length: 101 }, () => read({ socket, text }));
  const other = read({ text });
  await turns();
  expect(all.map(({ state }) => state)).toEqual([...Array(100).fill("open"), [503, { "retry-after": "1" }]]);
  expect(other.state).toBe("open");
  await drain(all[0] as (typeof all)[0]);
  const next = read({ socket, text });
  await turns();
  expect([all[0]?.state, next.state]).toEqual(["ended", "open"]);
});

it("listens once to a connection for all whose turn on it has not come, and ends them when it closes", async () => {
  const { read } = start();
  const socket = new EventEmitter();
  const all = Array.from({ length: 50 }, () => read({ socket, queued: true }));
  expect(socket.listenerCount("close")).toBe(1);
  Object.assign(socket, { destroyed: true });
  socket.emit("close");
  await turns();
  expect(all.map(({ state }) => state)).toEqual(Array(50).fill("ended"));
});

it("ends with a reader that leaves, and writes no more", async () => {
  const { read } = start();
  const left = read();
  left.res.destroy();
  await turns();
  expect([left.state, left.res.written.length, left.res.listenerCount("close")]).toEqual(["ended", 1, 0]);
});

it("closes the connection of a reader whose turn on it has not come, where it cuts it off", async () => {
  const { read, room, pass } = start();
  const socket = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy: () => Object.assign(socket, { destroyed: true }),
  });
  read({ socket, queued: true });
  read();
  await pass(1000);
  await room();
  expect(socket.destroyed).toBe(true);
});
