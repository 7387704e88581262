import { type Attributes, propagation } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { expect, onTestFinished } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { expectHarmless } from "./harmless.ts";
import { requestText } from "./raw-client.ts";
import { forged } from "./unforged.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const parent = `00-${trace}-b7ad6b7169203331-01`;
const latin1 = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => 128 + code));
const ask = (headers: readonly string[]) => requestText("/users/42", [...headers, "connection: close"]);
const made = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** As an app with OpenTelemetry's SDK has it: without, nothing reads these headers. */
function propagate(): void {
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  onTestFinished(() => propagation.disable());
}

const traceHeaders: Readonly<Record<string, readonly string[]>> = {
  "of a version that cannot be": [`traceparent: ff${parent.slice(2)}`],
  "of zeros": [`traceparent: 00-${"0".repeat(32)}-${"0".repeat(16)}-00`],
  "of a span of zeros": [`traceparent: 00-${trace}-${"0".repeat(16)}-01`],
  "that is no hexadecimal": ['traceparent: 00-zz-"-01'],
  "in capitals": [`traceparent: ${parent.toUpperCase()}`],
  "with more behind it": [`traceparent: ${parent}-${forged}`],
  "that comes twice": [`traceparent: ${parent}`, `traceparent: ${parent}`],
  "that is empty": ["traceparent:"],
  "of 10 kB": [`traceparent: ${"a".repeat(10_000)}`],
  "in Latin-1": [`traceparent: ${latin1}`],
};

const traceNeighbours: Readonly<Record<string, readonly string[]>> = {
  "a tracestate of 10 kB": [`tracestate: a=${"x".repeat(10_000)}`],
  "a tracestate of 500 members": [`tracestate: ${Array.from({ length: 500 }, (_, key) => `k${key}=v`).join(",")}`],
  "a tracestate in Latin-1": [`tracestate: a=${latin1}`],
  "a tracestate of nothing": ["tracestate: ,=,;=", "tracestate: a=1,a=2"],
  "a baggage of 12 kB": [`baggage: a=${"x".repeat(12_000)}`],
  "a baggage of 1,000 entries": [`baggage: ${Array.from({ length: 1_000 }, (_, key) => `k${key}=v`).join(",")}`],
  "a baggage in Latin-1": [`baggage: a=${latin1}`],
  "a baggage that cannot be decoded": ["baggage: a=%zz,b=%,=,;,c=1;%"],
  "a baggage with names of the language": ["baggage: __proto__=1,constructor=2,toString=3"],
};

const otherIds: Readonly<Record<string, readonly string[]>> = {
  "of 15 kB": [`x-request-id: ${"x".repeat(15_000)}`],
  "of 129 characters": [`x-request-id: ${"x".repeat(129)}`],
  "of none": ["x-request-id:"],
  "with a space": ["x-request-id: a b"],
  "with a tab": ["x-request-id: a\tb"],
  "in Latin-1": [`x-request-id: ${latin1}`],
  "in UTF-8": [`x-request-id: ${Buffer.from("💥é").toString("latin1")}`],
  "of JSON": [`x-request-id: ${forged}`],
  "of a terminal's escape": ["x-request-id: \u009b2Ja"],
  "that comes twice": ["x-request-id: a", "x-request-id: a"],
  "of a path": ["x-request-id: ../../etc"],
  "of several": ["x-request-id: a,b"],
  "of HTML": ["x-request-id: <script>"],
  "of an escape of URLs": ["x-request-id: %0a"],
};

const saneIds: Readonly<Record<string, string>> = {
  "of 128 characters": "x".repeat(128),
  "of one": "_",
  "of all that it may be made of": "abc-1.2_3",
  "of the language's own names": "__proto__",
};

const userAgents: Readonly<Record<string, string>> = {
  "of a terminal's escape": "\u009b2J\u009b31mred",
  "of a line's end in C1": `\u0085${forged}`,
  "of all of Latin-1": latin1,
  "of 10 kB": "x".repeat(10_000),
  "of JSON": `"}${forged}`,
  "of backslashes": '\\n\\u000a\\"',
  "of a series": 'x"} 1\\nforged{a="',
  "of a tab": `\t${forged}`,
  "of nothing": "",
};

const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "toJSON"];

const refused: Readonly<Record<string, string>> = {
  "an escape in a header": ask(["user-agent: \u001b[2J"]),
  "a NUL in a header": ask(["user-agent: a\u0000b"]),
  "a name with a space": ask(["user agent: x"]),
  "headers of 17 kB": ask([`x-request-id: ${"x".repeat(17_000)}`]),
  "no Host": "GET /users/42 HTTP/1.1\r\nconnection: close\r\n\r\n",
  "two lengths": ask(["content-length: 1", "content-length: 2"]),
  "a length and chunks": ask(["content-length: 1", "transfer-encoding: chunked"]),
  "a folded header": ask(["user-agent: a\r\n b\u0000"]),
};

/** Whether a span attribute holds a text. */
function holds(attributes: Attributes | undefined, text: string): boolean {
  return Object.values(attributes ?? {}).some((value) => String(value).includes(text));
}

/** Header values that no well-behaved client sends. */
export const hostileHeaders: readonly Behaviour[] = [
  ...Object.entries(traceHeaders).map(([what, headers]) => ({
    name: `begins a trace of its own at a traceparent ${what}`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      propagate();
      const { span, record } = await expectHarmless(door, ask(headers));
      expect(span?.parentSpanContext).toBeUndefined();
      expect(span?.spanContext().traceId).not.toBe(trace);
      expect(record).toMatchObject({ route: "/users/:id", status: 200 });
    },
  })),
  ...Object.entries(traceNeighbours).map(([what, headers]) => ({
    name: `stays in its caller's trace beside ${what}`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      propagate();
      const { span } = await expectHarmless(door, ask([`traceparent: ${parent}`, ...headers]));
      expect(span?.parentSpanContext).toMatchObject({ traceId: trace, spanId: "b7ad6b7169203331" });
      expect(span?.spanContext().traceId).toBe(trace);
    },
  })),
  ...Object.entries(otherIds).map(([what, headers]) => ({
    name: `takes no request id ${what}, and names it nowhere`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const { record, answer, span } = await expectHarmless(door, ask(headers));
      expect(record?.requestId).toMatch(made);
      expect(/x-request-id: (.*)\r\n/i.exec(answer)?.[1]).toBe(record?.requestId);
      expect(span?.attributes["aiwatch.request.id"]).toBe(record?.requestId);
    },
  })),
  ...Object.entries(saneIds).map(([what, id]) => ({
    name: `takes a request id ${what}`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const { record, answer, span } = await expectHarmless(door, ask([`x-request-id: ${id}`]));
      expect(record?.requestId).toBe(id);
      expect(answer).toMatch(new RegExp(`^x-request-id: ${id}\r$`, "im"));
      expect(span?.attributes["aiwatch.request.id"]).toBe(id);
    },
  })),
  ...Object.entries(userAgents).map(([what, userAgent]) => ({
    name: `writes down a user agent ${what}, and is not taken in`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const { record } = await expectHarmless(door, ask([`user-agent: ${userAgent}`]));
      expect(record?.userAgent).toBe(userAgent.trim());
    },
  })),
  {
    name: "takes headers that are named as the language's own things",
    async test(door) {
      const { record, span } = await expectHarmless(door, ask(names.map((name) => `${name}: ${forged}`)));
      expect(record).toMatchObject({ route: "/users/:id", status: 200 });
      expect(holds(span?.attributes, "forged")).toBe(false);
      expect(Object.hasOwn(Object.prototype, "level")).toBe(false);
    },
  },
  {
    name: "takes 500 headers",
    async test(door) {
      const many = Array.from({ length: 500 }, (_, index) => `x-${index}: ${index}`);
      const { record } = await expectHarmless(door, ask(many));
      expect(record).toMatchObject({ route: "/users/:id", status: 200 });
    },
  },
  {
    name: "takes a request of HTTP/1.0, which has no Host",
    async test(door) {
      const { record } = await expectHarmless(door, "GET /users/42 HTTP/1.0\r\n\r\n");
      expect(record).toMatchObject({ route: "/users/:id", status: 200 });
    },
  },
  ...Object.entries(refused).map(([what, request]) => ({
    name: `leaves it to Node to refuse ${what}, and counts nothing`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const { answer } = await expectHarmless(door, request, {}, false);
      expect(answer).toMatch(/^HTTP\/1.1 4(00|31) /);
    },
  })),
];
