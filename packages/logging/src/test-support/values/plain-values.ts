import { runInNewContext } from "node:vm";
import { rows } from "./row.ts";

class Point {
  x = 1;
  #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

class Money {
  cents = 1250;
  toJSON(): string {
    return "12.50";
  }
}

class List extends Array<number> {}

const circle = () => {
  const value: Record<string, unknown> = { a: 1, list: [{ b: 2 }] };
  value["self"] = value;
  return value;
};

const deep = (levels: number): unknown => (levels === 0 ? "end" : { next: deep(levels - 1) });

/** Values that hold nothing to censor, of every type. */
export const plainValues = rows({
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  "a number": () => 42,
  "minus zero": () => -0,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  "a BigInt": () => 2n ** 70n,
  "a BigInt in an object": () => ({ size: 12n, name: "x" }),
  "a text": () => "hello",
  "an empty text": () => "",
  "a text with quotes and lines": () => 'say "hi"\n\\ \u2028',
  "half a character": () => "a\ud800b",
  "a long text": () => "x".repeat(5_000),
  "a text with a protocol": () => "see https://example.com/docs#top",
  "a symbol": () => Symbol("s"),
  "a symbol in an object": () => ({ s: Symbol("s"), t: 1 }),
  "a symbol as key": () => ({ [Symbol("s")]: 1, t: 2 }),
  "a function": () => () => 1,
  "a function in a list": () => [() => 1, 2],
  "a class": () => Point,
  "an empty object": () => ({}),
  "an object": () => ({ a: 1, b: "two", c: [3, { d: null }], e: undefined }),
  "an object of no prototype": () => Object.assign(Object.create(null), { a: 1, b: { c: 2 } }),
  "an object that inherits": () => Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }),
  "a hidden property": () => Object.defineProperty({ a: 1 }, "b", { value: 2 }),
  "names of Object.prototype": () => ({ toString: 1, hasOwnProperty: 2, constructor: 3, valueOf: 4 }),
  "an own __proto__": () => JSON.parse('{"a":{"__proto__":{"b":1}},"c":2}'),
  "an empty name": () => ({ "": 1, " ": 2 }),
  "numbers as names": () => ({ 2: "b", 1: "a", "01": "c" }),
  "an empty list": () => [],
  "a list": () => [1, "two", null, undefined, [3], { four: 4 }],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is logged
  "a list with holes": () => [1, , 3],
  "a list with a name": () => Object.assign([1, 2], { extra: 3 }),
  "a class of lists": () => List.from([1, 2]),
  "a long list": () => Array.from({ length: 500 }, (_, index) => index),
  "many names": () => Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`n${index}`, index])),
  "twelve levels": () => deep(12),
  "the same object twice": () => {
    const shared = { a: 1 };
    return { one: shared, two: shared };
  },
  "an object that holds itself": circle,
  "a list that holds itself": () => {
    const list: unknown[] = [1];
    list.push(list);
    return list;
  },
  "a circle of classes": () => {
    const map = Object.assign(new Point(), { owner: {} as unknown });
    map.owner = { map };
    return map;
  },
  "a date": () => new Date(0),
  "a date that is none": () => ({ at: new Date(Number.NaN) }),
  "a pattern": () => /x/g,
  "an instance with a private field": () => new Point(),
  "an instance with toJSON": () => ({ price: new Money() }),
  "a toJSON that gives an object": () => ({ toJSON: () => ({ a: 1 }) }),
  "a toJSON that gives nothing": () => ({ toJSON: () => undefined }),
  "a toJSON that asks for its name": () => ({ named: { toJSON: (name: string) => `I am ${name}` } }),
  "a Map": () => new Map([["a", 1]]),
  "a Set": () => new Set([1, 2]),
  "a WeakMap": () => new WeakMap(),
  "a promise": () => Promise.resolve(1),
  "a generator": () =>
    (function* () {
      yield 1;
    })(),
  "a boxed text": () => Object("text"),
  "a boxed number": () => Object(1),
  "a boxed BigInt": () => Object(1n),
  "a buffer": () => Buffer.from("hello"),
  "a buffer in an object": () => ({ image: Buffer.from([1, 2, 3]) }),
  bytes: () => new Uint8Array([1, 2, 3]),
  floats: () => new Float32Array([1.5, 2.5]),
  "an ArrayBuffer": () => new ArrayBuffer(4),
  "a DataView": () => new DataView(new ArrayBuffer(2)),
  "a URL": () => new URL("https://example.com/docs"),
  URLSearchParams: () => new URLSearchParams({ a: "1" }),
  FormData: () => new FormData(),
  "an AbortSignal": () => AbortSignal.abort(),
  "frozen, all of it": () => Object.freeze({ a: Object.freeze({ b: Object.freeze([1]) }) }),
  sealed: () => Object.seal({ a: 1 }),
  arguments: function (this: void, ...parts: unknown[]) {
    // biome-ignore lint/complexity/noArguments: they are what is logged
    return parts.length === 0 ? arguments : undefined;
  },
  "an object of another realm": () => runInNewContext("({ a: 1, list: [1, { b: 2 }] })"),
  "an instance of another realm": () => runInNewContext("new (class Foreign { a = 1 })()"),
  "a map of another realm": () => runInNewContext("new Map([[1, 2]])"),
  "globalThis's own names": () => ({ names: Object.getOwnPropertyNames(globalThis).length }),
  "counts of tokens": () => ({ promptTokens: 12, maxTokens: 100, outputTokens: 3, tokens: { in: 1, out: 2 } }),
  "flags about credentials": () => ({ hasPassword: true, token: null, apiKey: undefined, password: false }),
  "measures of tokens": () => ({
    timeToFirstToken: 182,
    msPerToken: 3,
    costPerToken: 0.1,
    eosToken: "</s>",
    stopToken: "x",
    nextPageToken: "a",
  }),
  "more that opens nothing": () => ({
    token: 15339,
    hashKey: "a",
    userKey: "b",
    draftToken: "c",
    cookies: 3,
    callSid: "CA1",
    boardingPass: "d",
  }),
  "an address": () => ({
    db: { host: "db1", port: 5432, connection: "ssl", database: "app" },
    header: "Invoice",
    columnHeaders: "a,b",
  }),
  "keys that open nothing": () => ({
    primaryKey: "id",
    cacheKey: "a",
    idempotencyKey: "b",
    publicKey: "c",
    monkey: "d",
    s3Key: "e",
    routingKey: 1,
  }),
  "attributes in pairs": () => [
    { key: "http.method", value: "GET" },
    { name: "Foreign Key", value: "user_id" },
  ],
  "places that are no URLs": () => ({
    location: "Room #5, 2nd floor?",
    allocation: "heap #3",
    curl: "a?b",
    cwd: "/home",
    pwd: "/home",
  }),
  "methods with a credential's name": () => ({
    o: { getToken() {}, csrfToken: () => 1 },
    password: Symbol("p"),
    apiKey: () => 1,
  }),
  "a class with headers of its own": () =>
    new (class Import {
      id = 7;
      status = 3;
      headers = { host: "here" };
      rows = 12;
    })(),
  "a class like a call": () =>
    new (class Call {
      method = "GET";
      url = "/x";
      headers = { accept: "a" };
      attempt = 2;
    })(),
  "counts of messages": () => ({ messages: 3, prompt: true, completion: 0 }),
  "a procedure call": () => ({ jsonrpc: "2.0", method: "tools/call", params: { name: "add", arguments: { a: 1 } } }),
  "columns of a table": () => ({ headers: ["id", "name", "size"], data: "1,2,3", status: "ready" }),
  "an answer's content type": () => ({ content: "text/html", body: "hello", text: "hi", query: "SELECT 1" }),
  "a file's path": () => ({ path: "/models/a#b?.gguf", dir: "/tmp" }),
});
