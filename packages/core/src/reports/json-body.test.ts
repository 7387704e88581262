import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import * as v from "valibot";
import { describe, expect, it, vi } from "vitest";
import { bodyLimitBytes } from "../routes/unread-body.ts";
import { bodyTimeoutMs, jsonObject, readJsonBody } from "./json-body.ts";

vi.mock("../base/time.ts", async (original) => {
  const { globalTimers } = await import("../test-support/global-timers.ts");
  return globalTimers(original);
});

const schema = v.object({ text: v.string() });

/** A request whose body comes in these pieces, and is not closed by itself. */
function requestWith(pieces: readonly (string | Buffer)[], headers: Readonly<Record<string, string>> = {}) {
  const stream = Object.assign(new PassThrough(), { headers: { "content-type": "application/json", ...headers } });
  for (const piece of pieces) stream.write(piece);
  return stream as PassThrough & IncomingMessage;
}

function read(request: PassThrough & IncomingMessage) {
  request.end();
  return readJsonBody(request, schema);
}

const body = Buffer.from('{"text":"é€𝒶"}');
const refused = (status: number) => expect.objectContaining({ status });

describe("a posted body", () => {
  it("is read as UTF-8, wherever its pieces are cut, with a byte order mark and without", async () => {
    for (let cut = 1; cut < body.length; cut += 1) {
      const pieces = [body.subarray(0, cut), body.subarray(cut)];
      expect(await read(requestWith(pieces))).toEqual({ text: "é€𝒶" });
    }
    expect(await read(requestWith(["\ufeff", body]))).toEqual({ text: "é€𝒶" });
  });

  it("may come as text, where the app has chosen an encoding", async () => {
    const request = requestWith([body]).setEncoding("utf8");
    expect(await read(request)).toEqual({ text: "é€𝒶" });
  });

  it("is refused past the limit, before it ends, and nothing listens any longer", async () => {
    const request = requestWith(["x".repeat(bodyLimitBytes), "x"]);
    await expect(readJsonBody(request, schema)).rejects.toEqual(refused(413));
    expect(request.isPaused()).toBe(true);
    expect(["data", "end", "error"].map((event) => request.listenerCount(event))).toEqual([0, 0, 0]);
  });

  it("is refused where the client has left, before it is read or meanwhile", async () => {
    const gone = requestWith(["{"]);
    gone.destroy();
    await expect(readJsonBody(gone, schema)).rejects.toEqual(refused(400));
    const leaving = requestWith(["{"]);
    const reading = readJsonBody(leaving, schema);
    leaving.destroy(new Error("aborted"));
    await expect(reading).rejects.toEqual(refused(400));
  });

  it("that comes byte by byte is refused after its time, and holds nothing any longer", async () => {
    vi.useFakeTimers();
    try {
      const request = requestWith(["{"]);
      const reading = expect(readJsonBody(request, schema)).rejects.toEqual(refused(408));
      for (let ms = 0; ms < bodyTimeoutMs; ms += 1000) {
        request.write(" ");
        await vi.advanceTimersByTimeAsync(1000);
      }
      await reading;
      expect(vi.getTimerCount()).toBe(0);
      expect(["data", "end", "error", "close"].map((event) => request.listenerCount(event))).toEqual([0, 0, 0, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("leaves no timer behind where it comes in time", async () => {
    vi.useFakeTimers();
    try {
      await read(requestWith([body]));
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ["application/json", true],
    ["Application/JSON; charset=utf-8", true],
    [" application/json ;x", true],
    ["application/json-seq", false],
    ["application/problem+json", false],
    ["text/plain", false],
    ["", false],
  ])("of the type %j is %s", async (type, taken) => {
    const reading = read(requestWith([body], { "content-type": type }));
    if (taken) expect(await reading).toEqual({ text: "é€𝒶" });
    else await expect(reading).rejects.toEqual(refused(415));
  });
});

it.each([
  ["a list", [], "the body: expected an object"],
  ["a text of a list", "[]", "the body: expected an object"],
  ["a list of vitals", { web_vitals: [] }, "web_vitals: expected an object"],
])("says what is expected in place of %s", async (_what, body, message) => {
  const req = { headers: { "content-type": "application/json" }, body, readableDidRead: true };
  const asked = jsonObject({ web_vitals: v.optional(jsonObject({})) });
  await expect(readJsonBody(req as unknown as IncomingMessage, asked)).rejects.toMatchObject({ status: 400, message });
});
