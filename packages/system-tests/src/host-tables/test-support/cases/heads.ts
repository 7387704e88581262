import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ExchangeCase, HostTraits } from "../exchange-case.ts";

type Head = (res: ServerResponse) => unknown;

const upstream = [
  "Content-Type",
  "text/plain",
  "Set-Cookie",
  "a=1; Path=/",
  "Set-Cookie",
  "b=2",
  "X-Up",
  "one",
  "x-up",
  "two",
];
const pairs = [
  ["content-type", "text/plain"],
  ["set-cookie", "a=1"],
  ["set-cookie", "b=2"],
] as unknown as OutgoingHttpHeaders;
/** As raw headers with a list for a value. */
const nested = ["content-type", "text/plain", "set-cookie", ["a=1", "b=2"]] as unknown as string[];

/** Ways to write a head, as apps do it. */
const forms: Readonly<Record<string, Head>> = {
  "a status": (res) => res.writeHead(201),
  "a status and a message": (res) => res.writeHead(201, "Made"),
  "a status and an empty message": (res) => res.writeHead(201, ""),
  "an undefined message and headers": (res) => res.writeHead(201, undefined, { "x-own": "1" }),
  "an object": (res) => res.writeHead(200, { "Content-Type": "text/plain", "X-Own": "1" }),
  "a message and an object": (res) => res.writeHead(200, "Fine", { "Content-Type": "text/plain", "X-Own": "1" }),
  "an object with lists": (res) => res.writeHead(200, { "set-cookie": ["a=1", "b=2"], "x-list": ["1", "2"] }),
  "an object with a number": (res) => res.writeHead(200, { "content-length": 4, "x-number": 7 }),
  "an object with undefined": (res) => res.writeHead(200, { "x-none": undefined, "x-own": "1" }),
  "an object with null": (res) => res.writeHead(200, { "x-none": null as never }),
  "an empty object": (res) => res.writeHead(200, {}),
  "raw headers": (res) => res.writeHead(200, [...upstream]),
  "a message and raw headers": (res) => res.writeHead(200, "Fine", [...upstream]),
  "raw headers with a number": (res) => res.writeHead(200, ["content-length", 4, "x-own", "1"]),
  "no raw headers": (res) => res.writeHead(200, []),
  "raw headers of odd length": (res) => res.writeHead(200, ["x-own", "1", "x-alone"]),
  pairs: (res) => res.writeHead(200, pairs),
  "a message and pairs": (res) => res.writeHead(200, "Fine", pairs),
  "raw headers with a list": (res) => res.writeHead(200, nested),
  "a message and raw headers with a list": (res) => res.writeHead(200, "Fine", nested),
  "raw headers with undefined": (res) => res.writeHead(200, ["x-none", undefined] as never),
  "a name that is none": (res) => res.writeHead(200, { "x own": "1" }),
  "a raw name that is none": (res) => res.writeHead(200, ["x own", "1"]),
  "a value with a line break": (res) => res.writeHead(200, { "x-own": "1\r\nx-two: 2" }),
  "a raw value with a line break": (res) => res.writeHead(200, ["x-own", "1\r\nx-two: 2"]),
  "a Map": (res) => res.writeHead(200, new Map([["x-own", "1"]]) as never),
  Headers: (res) => res.writeHead(200, new Headers({ "x-own": "1" }) as never),
  null: (res) => res.writeHead(200, null as never),
  "a message and null": (res) => res.writeHead(200, "Fine", null as never),
  "a text for a status": (res) => res.writeHead("200" as never, { "x-own": "1" }),
  "a status that is none": (res) => res.writeHead(99, { "x-own": "1" }),
  "an own id in an object": (res) => res.writeHead(200, { "X-Request-Id": "own" }),
  "own ids in raw headers": (res) => res.writeHead(200, ["X-Request-Id", "own", "x-own", "1"]),
  "own ids twice in raw headers": (res) => res.writeHead(200, ["X-Request-Id", "own", "x-request-id", "two"]),
  "an own id in pairs": (res) => res.writeHead(200, [["x-request-id", "own"]] as never),
};

/** What an app does before. */
const preludes: Readonly<Record<string, Head>> = {
  "": () => {},
  ", after setHeader of another name": (res) => res.setHeader("X-Before", "0"),
  ", after setHeader of the same name": (res) => {
    res.setHeader("x-own", "0");
    res.setHeader("Set-Cookie", "c=3");
  },
  ", after appendHeader": (res) => {
    // HTTP/2 has it only in newer releases
    if (!("appendHeader" in res)) return;
    res.appendHeader("x-own", "0");
    res.appendHeader("set-cookie", ["c=3", "d=4"]);
  },
  ", after setHeaders": (res) =>
    "setHeaders" in res
      ? res.setHeaders(
          new Headers([
            ["x-own", "0"],
            ["set-cookie", "c=3"],
          ]),
        )
      : undefined,
  ", after an own id": (res) => res.setHeader("x-request-id", "own"),
};

/** What HTTP/2 throws for, and never answers then. */
const unanswered = /a status that is none|transfer-encoding/;

/** What came before is tried on Node's own servers: frameworks hand the same response over. */
function isOfNode({ framework, stops, rewrites }: HostTraits): boolean {
  return framework === "node" && !stops && !rewrites;
}

function headCase(name: string, head: Head): ExchangeCase {
  return {
    on: (host) =>
      ((host.http === 1 && !host.rewrites) || !unanswered.test(name)) && (isOfNode(host) || !name.includes(", after")),
    name: `writeHead with ${name}`,
    handle(_req, res, { attempt, note }) {
      attempt("writeHead", () => head(res));
      note(`sent ${res.headersSent}, status ${res.statusCode}, message ${res.statusMessage}`);
      attempt("end", () => res.end("body"));
    },
  };
}

export const headCases: readonly ExchangeCase[] = Object.entries(preludes).flatMap(([after, prelude]) =>
  Object.entries(forms).map(([form, head]) =>
    headCase(`${form}${after}`, (res) => {
      prelude(res);
      return head(res);
    }),
  ),
);

type Answer = (res: ServerResponse, attempt: (name: string, action: () => unknown) => void) => void;

/** What else is done to heads. */
const answers: Readonly<Record<string, Answer>> = {
  "a head written twice": (res, attempt) => {
    attempt("first", () => res.writeHead(200, { "x-own": "1" }));
    attempt("second", () => res.writeHead(202, ["x-own", "2"]));
    attempt("end", () => res.end("body"));
  },
  "a head after the end": (res, attempt) => {
    attempt("end", () => res.end("body"));
    attempt("head", () => res.writeHead(202));
    attempt("header", () => res.setHeader("x-late", "1"));
    attempt("remove", () => res.removeHeader("x-late"));
  },
  "a head that throws, and another": (res, attempt) => {
    attempt("bad", () => res.writeHead(200, { "x own": "1" }));
    attempt("good", () => res.writeHead(500, { "content-type": "text/plain" }));
    attempt("end", () => res.end("body"));
  },
  "a raw head that throws, and another": (res, attempt) => {
    attempt("bad", () => res.writeHead(200, ["x-own", "1", "x own", "1"]));
    attempt("good", () => res.writeHead(202, ["content-type", "text/plain", "set-cookie", "a", "set-cookie", "b"]));
    attempt("end", () => res.end("body"));
  },
  "a message with a line break, and another": (res, attempt) => {
    attempt("bad", () => res.writeHead(200, "Fi\r\nne"));
    attempt("good", () => res.writeHead(200, "Fine", ["set-cookie", "a", "set-cookie", "b"]));
    attempt("end", () => res.end("body"));
  },
  "statusCode and statusMessage": (res, attempt) => {
    res.statusCode = 418;
    res.statusMessage = "Teapot";
    attempt("end", () => res.end("body"));
  },
  "statusMessage, and a head with raw headers": (res, attempt) => {
    res.statusMessage = "Mine";
    attempt("head", () => res.writeHead(200, ["set-cookie", "a", "set-cookie", "b"]));
    attempt("end", () => res.end("body"));
  },
  "a statusCode that is set after the head": (res, attempt) => {
    attempt("write", () => res.write("one"));
    attempt("status", () => {
      res.statusCode = 503;
    });
    attempt("end", () => res.end("two"));
  },
  "an implicit head by write": (res, attempt) => {
    attempt("write", () => res.write("one"));
    attempt("header", () => res.setHeader("x-late", "1"));
    attempt("end", () => res.end("two"));
  },
  "an implicit head by an empty end": (res, attempt) => attempt("end", () => res.end()),
  flushHeaders: (res, attempt) => {
    res.setHeader("content-type", "text/plain");
    attempt("flush", () => res.flushHeaders());
    attempt("flush again", () => res.flushHeaders());
    attempt("end", () => res.end("body"));
  },
  "flushHeaders after writeHead": (res, attempt) => {
    attempt("head", () => res.writeHead(200, ["x-own", "1"]));
    attempt("flush", () => res.flushHeaders());
    attempt("end", () => res.end("body"));
  },
  "headers set, read, removed": (res, attempt) => {
    attempt("set", () => res.setHeader("X-Own", ["1", "2"]));
    attempt("get", () => res.getHeader("x-own"));
    attempt("has", () => res.hasHeader("X-OWN"));
    attempt("names", () => res.getHeaderNames().filter((name) => name !== "x-request-id"));
    attempt("raw names", () => rawNames(res).filter((name) => name !== "x-request-id"));
    attempt("remove", () => res.removeHeader("x-own"));
    attempt("get", () => res.getHeader("x-own"));
    attempt("end", () => res.end("body"));
  },
  "bad names and values set": (res, attempt) => {
    attempt("name", () => res.setHeader("x own", "1"));
    attempt("value", () => res.setHeader("x-own", "\u0001"));
    attempt("none", () => res.setHeader("x-own", undefined as never));
    attempt("removed", () => res.removeHeader(undefined as never));
    attempt("end", () => res.end("body"));
  },
  "the id removed by the app": (res, attempt) => {
    attempt("remove", () => res.removeHeader("x-request-id"));
    attempt("head", () => res.writeHead(200, ["set-cookie", "a", "set-cookie", "b"]));
    attempt("end", () => res.end("body"));
  },
  "all headers removed by the app": (res, attempt) => {
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    res.sendDate = false;
    attempt("head", () => res.writeHead(200, { "content-length": "4" }));
    attempt("end", () => res.end("body"));
  },
  "raw headers by writeHead, then what getHeaders gives": (res, attempt) => {
    attempt("head", () => res.writeHead(200, ["set-cookie", "a", "set-cookie", "b"]));
    attempt("cookie", () => res.getHeader("set-cookie"));
    attempt("has", () => res.hasHeader("set-cookie"));
    attempt("headers", () => Object.keys(res.getHeaders()).filter((name) => name !== "x-request-id"));
    attempt("end", () => res.end("body"));
  },
  "an object by writeHead, then what getHeaders gives": (res, attempt) => {
    attempt("head", () => res.writeHead(200, { "X-Own": "1" }));
    attempt("own", () => res.getHeader("x-own"));
    attempt("headers", () => Object.keys(res.getHeaders()).filter((name) => name !== "x-request-id"));
    attempt("end", () => res.end("body"));
  },
  "a transfer-encoding of the app's own": (res, attempt) => {
    attempt("head", () => res.writeHead(200, ["transfer-encoding", "chunked"]));
    attempt("end", () => res.end("body"));
  },
  "a connection header of the app's own, raw": (res, attempt) => {
    attempt("head", () => res.writeHead(200, ["Connection", "close", "Content-Length", "4"]));
    attempt("end", () => res.end("body"));
  },
  "a date of the app's own": (res, attempt) => {
    attempt("head", () => res.writeHead(200, { date: "once" }));
    attempt("end", () => res.end("body"));
  },
  "sendDate off": (res, attempt) => {
    res.sendDate = false;
    attempt("head", () => res.writeHead(200, ["x-own", "1"]));
    attempt("end", () => res.end("body"));
  },
};

/** The types know it of requests alone. */
function rawNames(res: ServerResponse): string[] {
  return "getRawHeaderNames" in res && typeof res.getRawHeaderNames === "function" ? res.getRawHeaderNames() : [];
}

export const answerCases: readonly ExchangeCase[] = Object.entries(answers).map(([name, answer]) => ({
  name,
  on: ({ http }) => http === 1 || !unanswered.test(name),
  handle: (_req, res, { attempt }) => answer(res, attempt),
}));

/** Wrappers of an app's own around the response, as middlewares put them. */
export const wrapperCases: readonly ExchangeCase[] = [
  {
    name: "a writeHead of the app's own on the response",
    handle(_req, res, { attempt, note }) {
      const { writeHead } = res;
      const own = function (this: ServerResponse, ...args: unknown[]) {
        note(`writeHead with ${args.length}`);
        this.setHeader("x-wrapped", "1");
        return Reflect.apply(writeHead, this, args);
      };
      res.writeHead = own as never;
      attempt("head", () => res.writeHead(200, { "x-own": "1" }));
      attempt("end", () => res.end("body"));
    },
  },
  {
    name: "a writeHead of the app's own, and an implicit head",
    handle(_req, res, { attempt, note }) {
      const { writeHead } = res;
      const own = function (this: ServerResponse, ...args: unknown[]) {
        note(`writeHead with ${args.length}`);
        return Reflect.apply(writeHead, this, args);
      };
      res.writeHead = own as never;
      attempt("end", () => res.end("body"));
    },
  },
  {
    name: "end and write of the app's own on the response",
    handle(_req, res, { attempt, note }) {
      const { end, write } = res;
      res.write = function (this: ServerResponse, ...args: unknown[]) {
        note(`write with ${args.length}`);
        return Reflect.apply(write, this, args) as boolean;
      } as never;
      res.end = function (this: ServerResponse, ...args: unknown[]) {
        note(`end with ${args.length}`);
        return Reflect.apply(end, this, args);
      } as never;
      attempt("write", () => res.write("one"));
      attempt("end", () => res.end("two"));
    },
  },
  {
    name: "what an app finds on the pair by name",
    handle(req, res, { note }) {
      note(`req ${Object.keys(req).sort().join()}`);
      note(`res ${Object.keys(res).sort().join()}`);
      // these two are on an observed response itself, where they cannot be enumerated: copies of it are to have none of ours
      const replaced = new Set(["emit", "writeHead"]);
      const inherited: string[] = [];
      for (const key in res) if (!replaced.has(key)) inherited.push(key);
      note(`res in all ${inherited.sort().join()}`);
      res.end("body");
    },
  },
];
