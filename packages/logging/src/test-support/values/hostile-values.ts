import { Console } from "node:console";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { rows, type ValueRow } from "./row.ts";

const refuse = (): never => {
  throw new Error("refused");
};

class Guarded {
  #headers = { a: 1 };
  get headers() {
    return this.#headers;
  }
  get method() {
    return refuse();
  }
  url = "/x";
}

/** Reads a private field of what is only like it. */
const withPrivateGetter = () => Object.create(new Guarded());

const revoked = (target: object) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

const trap = (name: keyof ProxyHandler<object>) =>
  new Proxy({ a: 1, headers: {}, method: "GET", url: "/" }, { [name]: refuse });

const counting = () => {
  let reads = 0;
  return {
    get reads() {
      reads += 1;
      return reads;
    },
    plain: 1,
  };
};

const message = (fields: object) =>
  Object.assign(new IncomingMessage(new Socket()), { method: "GET", url: "/", headers: {} }, fields);

/** Values that throw, lie or count when they are looked at. */
export const hostileValues: readonly ValueRow[] = [
  ...rows({
    "a getter": () => ({
      get x() {
        return 1;
      },
    }),
    "a getter that counts": counting,
    "a getter that throws": () => ({
      a: 1,
      get x() {
        return refuse();
      },
    }),
    "a getter that throws, deep": () => ({
      o: {
        p: {
          get x() {
            return refuse();
          },
        },
      },
    }),
    "a getter that throws under a credential's name": () => ({
      o: {
        get password() {
          return refuse();
        },
      },
    }),
    "a toJSON that throws": () => ({ o: { toJSON: refuse } }),
    "a toJSON that is a getter that throws": () => ({
      o: {
        get toJSON() {
          return refuse();
        },
      },
    }),
    "a proxy": () => new Proxy({ a: 1, b: { c: 2 } }, {}),
    "a proxy of a list": () => new Proxy([1, 2, 3], {}),
    "a proxy of an error": () => ({ failed: new Proxy(new Error("x"), {}) }),
    "a revoked proxy in an object": () => ({ o: revoked({}) }),
    "a revoked proxy in a list": () => ({ list: [revoked([])] }),
    "a trap of get": () => ({ o: trap("get") }),
    "a trap of has": () => ({ o: trap("has") }),
    "a trap of ownKeys": () => ({ o: trap("ownKeys") }),
    "a trap of getPrototypeOf": () => ({ o: trap("getPrototypeOf") }),
    "a trap of getOwnPropertyDescriptor": () => ({ o: trap("getOwnPropertyDescriptor") }),
    "a class with a private getter, as something inherits from it": () => ({ o: withPrivateGetter() }),
    "an error whose property throws": () =>
      Object.defineProperty(new Error("x"), "y", { enumerable: true, get: refuse }),
    "an error whose message throws": () => ({ failed: Object.defineProperty(new Error(), "message", { get: refuse }) }),
    "an error that is frozen": () => Object.freeze(Object.assign(new Error("frozen"), { code: "E" })),
    "an object whose constructor throws": () => ({ o: Object.defineProperty({}, "constructor", { get: refuse }) }),
    "a stream": () => ({ stream: new PassThrough().readableFlowing }),
    "a console": () => ({ console: typeof new Console(new PassThrough()) }),
    "headers that are a number": () => ({ headers: 42, header: true, rawHeaders: null }),
    "headers that are an empty text": () => ({ req: { headers: {}, rawHeaders: [] } }),
    "a role that throws": () => ({
      o: {
        get role() {
          return refuse();
        },
        content: "x",
      },
    }),
  }),
  { name: "a request whose URL is no text", make: () => message({ url: 42 }), shown: { method: "GET", headers: {} } },
  {
    name: "a request whose method is an object",
    make: () => message({ method: {} }),
    shown: { url: "/", headers: {} },
  },
  {
    name: "a request whose headers are a text",
    make: () => Object.defineProperty(message({}), "headers", { value: "x" }),
    shown: { method: "GET", url: "/" },
  },
  {
    name: "a response whose status is no number",
    make: () => Object.assign(new ServerResponse(message({}) as IncomingMessage), { statusCode: "200" }),
    shown: { headers: {} },
  },
];
