import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { EventScanner, parseLatin1, type StreamFormat } from "./event-scanner.ts";

interface Scanned {
  readonly events: string[];
  /** Where the events end, counted from the beginning of the bytes. */
  readonly ends: number[];
  readonly tooLong: number;
}

/** Scans bytes that come in chunks. */
function scan(chunks: readonly Uint8Array[], format: StreamFormat = "events"): Scanned {
  const events: string[] = [];
  const ends: number[] = [];
  let [before, tooLong] = [0, 0];
  const onEvent = (data: string, end: number) => {
    events.push(Buffer.from(data, "latin1").toString());
    ends.push(before + end);
  };
  const scanner = new EventScanner(format, onEvent, () => {
    tooLong += 1;
  });
  for (const chunk of chunks) {
    scanner.read(chunk);
    before += chunk.length;
  }
  scanner.end();
  return { events, ends, tooLong };
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const byByte = (all: Uint8Array) => Array.from(all, (byte) => Uint8Array.of(byte));

describe("the events of a text", () => {
  it.each([
    ["line feeds", "data: a\n\ndata: b\n\n", ["a", "b"]],
    ["carriage returns", "data: a\r\rdata: b\r\r", ["a", "b"]],
    ["both", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
    ["a byte order mark", "\ufeffdata: a\n\n", ["a"]],
    ["comments and pings", ": ping\n\n:\n\ndata: a\n\n", ["a"]],
    ["other fields", "event: message\nid: 7\nretry: 10\ndata: a\n\n", ["a"]],
    ["several lines of data", "data: a\ndata: b\n\n", ["a\nb"]],
    ["no space behind the colon", "data:a\n\n", ["a"]],
    ["two spaces behind the colon", "data:  a\n\n", [" a"]],
    ["an empty line of data", "data:\n\n", [""]],
    ["an end without an empty line", "data: a\n\ndata: b", ["a", "b"]],
    ["text of many bytes", "data: žluťoučký 🐎\n\n", ["žluťoučký 🐎"]],
    ["no event", "<html>\n<p>\n\n", []],
    ["nothing", "", []],
  ])("with %s", (_what, text, events) => {
    expect(scan([bytes(text)]).events).toEqual(events);
    expect(scan(byByte(bytes(text))).events).toEqual(events);
  });

  it("in lines", () => {
    const text = '{"a":1}\n\n{"b":2}\r\n{"c":3}';
    for (const chunks of [[bytes(text)], byByte(bytes(text))]) {
      expect(scan(chunks, "lines").events).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
    }
  });
});

test("events end behind their empty lines", () => {
  const text = "data: a\n\n: ping\n\ndata: b\r\n\r\ndata: c";
  expect(scan([bytes(text)]).ends.slice(0, 2)).toEqual([9, 28]);
});

test("it does not matter how the bytes are cut", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }).map((text) => `data: ${text.replace(/[\r\n]/g, " ")}`),
    fc.constantFrom("", "", ": ping", "event: x", "data:", "datax", "data"),
  );
  const text = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r"))).map((lines) => lines.flat().join(""));
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (given, cuts) => {
      const all = bytes(given);
      const at = [...new Set(cuts.map((cut) => cut % (all.length + 1)))].sort((one, other) => one - other);
      const chunks = [0, ...at].map((from, index) => all.subarray(from, at[index])).filter(({ length }) => length > 0);
      const { events } = scan([all]);
      expect(scan(chunks).events).toEqual(events);
      expect(scan(byByte(all)).events).toEqual(events);
    }),
    { numRuns: 500 },
  );
});

test("a line of 10 MB is passed over, and the next is read", () => {
  const long = bytes(`data: ${"x".repeat(10_000_000)}\n\ndata: a\n\n`);
  const chunks = Array.from({ length: Math.ceil(long.length / 65_536) }, (_, index) =>
    long.subarray(index * 65_536, (index + 1) * 65_536),
  );
  expect(scan(chunks)).toMatchObject({ events: ["a"], tooLong: 1 });
});

test.each([
  ['{"a":"ž"}', { a: "ž" }],
  ["{", undefined],
  ["", undefined],
])("%s is read as JSON", (text, value) => {
  expect(parseLatin1(Buffer.from(text).toString("latin1"))).toEqual(value);
});
