import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { type Reader, Readers } from "./readers.ts";

/** A response whose reader takes nothing until it drains. */
class Unread extends EventEmitter {
  destroyed = false;
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

const pieces = [Buffer.from("one"), Buffer.from("two")];

function start() {
  let now = 0;
  const clock = { now: () => now } as ConstructorParameters<typeof Readers>[0];
  const readers = new Readers(clock);
  const ask = (socket: object = {}, write = (reader: Reader) => reader.write(pieces)) => {
    const res = new Unread();
    const read = readers.admit({ socket } as IncomingMessage, res as unknown as ServerResponse, write);
    return {
      res,
      read: read.then(
        () => "read",
        (refusal) => [refusal.status, refusal.headers],
      ),
    };
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { ask, pass };
}

const refused = [503, { "retry-after": "1" }];

it("writes the same pieces to all, one after the other as each takes them", async () => {
  const { ask } = start();
  const [one, other] = [ask(), ask()];
  expect([one.res.written, other.res.written]).toEqual([[pieces[0]], [pieces[0]]]);
  one.res.emit("drain");
  await expect.poll(() => one.res.written.length).toBe(2);
  one.res.emit("drain");
  expect(await one.read).toBe("read");
  expect(one.res.written[1]).toBe(pieces[1]);
  expect(other.res.written).toHaveLength(1);
});

it("has two of one connection under way, and lets it ask again when it was answered", async () => {
  const { ask } = start();
  const socket = {};
  const [first] = [ask(socket), ask(socket)];
  expect(await ask(socket).read).toEqual(refused);
  first.res.destroy();
  expect(await first.read).toBe("read");
  const third = ask(socket);
  expect(third.res.written).toHaveLength(1);
});

it("has 32 under way, refuses others, and cuts off whoever took nothing for longest where somebody asks", async () => {
  const { ask, pass } = start();
  const all = Array.from({ length: 32 }, (_, n) => {
    pass(n === 1 ? 500 : 0);
    return ask();
  });
  expect(await ask().read).toEqual(refused);
  pass(400);
  expect(await ask().read).toEqual(refused);
  pass(100);
  const late = ask();
  expect(late.res.written).toHaveLength(1);
  expect(all.map(({ res }) => res.destroyed)).toEqual([true, ...new Array(31).fill(false)]);
  expect(await all[0]?.read).toBe("read");
  expect(await ask().read).toEqual(refused);
});

it("cuts off nobody who waits for the text itself", async () => {
  const { ask, pass } = start();
  const all = Array.from({ length: 32 }, () => ask({}, () => new Promise(() => {})));
  pass(60_000);
  expect(await ask().read).toEqual(refused);
  expect(all.some(({ res }) => res.destroyed)).toBe(false);
});

it("has room again where writing an answer failed", async () => {
  const { ask } = start();
  for (let n = 0; n < 100; n += 1)
    expect(await ask({}, () => Promise.reject({ status: 500 })).read).toEqual([500, undefined]);
});

it.each([
  ["its answer", (res: Unread) => void res.emit("close")],
  ["its connection", (_res: Unread, socket: EventEmitter) => void socket.emit("close")],
])(
  "has room again where a reader leaves by %s, before there is a text, and listens no longer",
  async (_what, leave) => {
    const { ask } = start();
    for (let n = 0; n < 100; n += 1) {
      const socket = new EventEmitter();
      const { res, read } = ask(socket, () => new Promise(() => {}));
      leave(res, socket);
      expect(await read).toBe("read");
      expect([res.listenerCount("close"), socket.listenerCount("close")]).toEqual([0, 0]);
    }
  },
);

it("closes the connection of a reader whose turn on it has not come, where it cuts it off", async () => {
  const { ask, pass } = start();
  const socket = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy: () => Object.assign(socket, { destroyed: true }),
  });
  const queued = ask(socket);
  Object.assign(queued.res, { socket: null });
  pass(1000);
  for (let n = 0; n < 32; n += 1) ask();
  expect(socket.destroyed).toBe(true);
});
