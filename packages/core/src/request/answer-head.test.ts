import { IncomingMessage, ServerResponse } from "node:http";
import { Duplex, Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameAnswer, nameOf, sentStatusOf } from "./answer-head.ts";

/** What an app does to a response before its head, and how it writes that. */
interface Head {
  readonly before: readonly (readonly [name: string, value: string | string[]])[];
  readonly removed: boolean;
  readonly args: readonly unknown[];
}

const ours = /x-request-id: the-id\r\n/;

/** What comes of it: the bytes on the wire, or the error, and what is set on the response in the end. */
function written({ before, removed, args }: Head, isNamed: boolean) {
  const bytes: Buffer[] = [];
  const socket = new Writable({
    write(piece, _encoding, done) {
      bytes.push(piece);
      done();
    },
  });
  const res = new ServerResponse(new IncomingMessage(new Duplex() as never));
  res.sendDate = false;
  res.assignSocket(socket as never);
  if (isNamed) nameAnswer(res, "the-id", { observedBy: [] });
  for (const [name, value] of before) res.setHeader(name, value);
  if (removed) for (const name of res.getHeaderNames()) res.removeHeader(name);
  let error: unknown;
  try {
    (res.writeHead as (...given: unknown[]) => unknown).apply(res, structuredClone(args) as unknown[]);
    res.end("body");
  } catch (thrown) {
    error = thrown;
  }
  return { wire: Buffer.concat(bytes).toString("latin1"), error: String(error), status: res.statusCode, set: set(res) };
}

/** Ours is there until the head is sent, and stays there then. */
function set(res: ServerResponse) {
  const { "x-request-id": id, ...others } = res.getHeaders();
  return { others, isOurs: id === "the-id", sent: res.headersSent };
}

const name = fc.constantFrom(
  "a",
  "set-cookie",
  "Set-Cookie",
  "content-length",
  "Connection",
  "transfer-encoding",
  "vary",
  "x y",
  "",
);
const value = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.integer({ min: 0, max: 9 }).map(String),
  fc.constantFrom(undefined, null, 4, "\n", "é"),
);
const values = fc.oneof({ weight: 4, arbitrary: value }, fc.array(value, { maxLength: 3 }));
const pair = fc.tuple(name, values);
const headers = fc.oneof(
  fc.array(pair, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  fc.array(pair, { maxLength: 4 }),
  fc.array(pair, { maxLength: 4 }).map((pairs) => pairs.flat(1)),
  fc.array(values, { maxLength: 5 }),
  fc.constantFrom(undefined, null, 5, "text", new Map([["a", "b"]])),
);
const status = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(200, 204, 304, 404, 500) },
  fc.constantFrom(99, 1000, "200", undefined),
);
const message = fc.constantFrom("OK", "", "Fine", "b\na");
const args = fc.oneof(
  fc.tuple(status),
  fc.tuple(status, headers),
  fc.tuple(status, message),
  fc.tuple(status, message, headers),
  fc.tuple(status, fc.constantFrom(undefined, null, 3), headers),
);
const valid = fc.tuple(fc.constantFrom("b", "Vary", "set-cookie", "content-length"), fc.constantFrom("1", "2"));
const heads: fc.Arbitrary<Head> = fc.record({ before: fc.array(valid, { maxLength: 3 }), removed: fc.boolean(), args });

describe("an answer that is named", () => {
  it("is the bare one and one header, however the app writes its head, or fails with the same error", () => {
    fc.assert(
      fc.property(heads, (head) => {
        const bare = written(head, false);
        const observed = written(head, true);
        expect({ ...observed, wire: observed.wire.replace(ours, ""), set: observed.set.others }).toEqual({
          ...bare,
          set: bare.set.others,
        });
        // nothing of ours stays behind where no head was sent
        expect(observed.set.isOurs && !observed.set.sent).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it.each<[string, unknown[]]>([
    ["nothing", [200]],
    ["a message", [200, "OK"]],
    ["an object", [200, { a: "b" }]],
    ["a list", [200, ["a", "b", "set-cookie", "c=d", "set-cookie", "e=f"]]],
    ["pairs", [200, "OK", [["a", ["b", "c"]]]]],
    ["null in the place of a message", [200, null, { a: "b" }]],
  ])("has its id beside %s", (_, given) => {
    for (const before of [[], [["b", "c"]]] as Head["before"][]) {
      // Node reads no pairs once a header was set
      if (before.length > 0 && Array.isArray(given[2])) continue;
      expect(written({ before, removed: false, args: given }, true).wire).toMatch(ours);
    }
  });

  it.each<[string, unknown[]]>([
    ["an object", [200, { "X-Request-Id": "theirs" }]],
    ["a list", [200, ["x-request-id", "theirs"]]],
    ["pairs", [200, [["x-Request-id", "theirs"]]]],
  ])("keeps the name that the app gives in %s", (_, given) => {
    const { wire } = written({ before: [], removed: false, args: given }, true);
    expect(wire).toMatch(/x-request-id: theirs/i);
    expect(wire).not.toMatch(ours);
  });

  it("keeps the name that the app set, or sets later", () => {
    const before = [["X-Request-Id", "theirs"]] as const;
    expect(written({ before, removed: false, args: [200] }, true).wire).not.toMatch(ours);
  });

  it("is named once, by whoever comes first, and knows the status that it was sent with", () => {
    const res = new ServerResponse(new IncomingMessage(new Duplex() as never));
    nameAnswer(res, "first", { observedBy: [] });
    nameAnswer(res, "second", { observedBy: [] });
    res.writeHead(201);
    res.statusCode = 500;
    expect([nameOf(res), sentStatusOf(res)]).toEqual(["first", 201]);
  });

  it("knows no status of a head that what is in front of it keeps for later, until it is sent", () => {
    const res = new ServerResponse(new IncomingMessage(new Duplex() as never));
    const { writeHead } = res;
    res.writeHead = () => res;
    nameAnswer(res, "the-id", { observedBy: [] });
    res.writeHead(503);
    writeHead.call(res, 503);
    expect(sentStatusOf(res)).toBe(503);
  });

  it("calls what others put in the place of writeHead, before it and after it", () => {
    const called: unknown[] = [];
    const res = new ServerResponse(new IncomingMessage(new Duplex() as never));
    const wrap = (by: string) => {
      const { writeHead } = res;
      res.writeHead = function wrapped(this: ServerResponse, ...given: unknown[]) {
        called.push([by, given]);
        return (writeHead as (...all: unknown[]) => ServerResponse).apply(this, given);
      } as typeof writeHead;
    };
    wrap("before");
    nameAnswer(res, "the-id", { observedBy: [] });
    wrap("after");
    res.flushHeaders();
    expect(called).toEqual([
      ["after", [200]],
      ["before", [200, { "x-request-id": "the-id" }]],
    ]);
  });

  it("is itself whatever is made of it", () => {
    const res = new ServerResponse(new IncomingMessage(new Duplex() as never));
    nameAnswer(res, "the-id", { observedBy: [] });
    Object.create(res).writeHead(201);
    expect(sentStatusOf(res)).toBe(201);
  });

  it("fails with the app's own error, once, where what the app put before it throws", () => {
    const res = new ServerResponse(new IncomingMessage(new Duplex() as never));
    let calls = 0;
    res.writeHead = () => {
      calls += 1;
      throw new Error("no session store");
    };
    nameAnswer(res, "the-id", { observedBy: [] });
    expect(() => res.writeHead(200)).toThrow("no session store");
    expect([calls, res.getHeaderNames()]).toEqual([1, []]);
  });

  it("stays as it is where nothing can be put on it", () => {
    const res = Object.freeze(new ServerResponse(new IncomingMessage(new Duplex() as never)));
    nameAnswer(res, "the-id", { observedBy: [] });
    expect(nameOf(res)).toBe(undefined);
  });
});
