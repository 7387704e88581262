import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAiwatch } from "@aiwatch/core";
import { aiwatchNode } from "@aiwatch/core/node";
import { testServer } from "@aiwatch/testkit";
import { destination, multistream } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "../create-logger.ts";
import { logTo } from "../log-to.ts";
import { capturedLines } from "../test-support/captured-lines.ts";
import { inferenceRecord, requestRecord } from "../test-support/records.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aiwatch-held-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function toFile(options: { readonly maxLength?: number; readonly sync?: boolean; readonly minLength?: number } = {}) {
  const file = join(folder, "app.log");
  const stream = destination({ dest: file, sync: true, ...options });
  const logger = createLogger({ destination: stream });
  const messages = () =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).msg);
  return { logger, stream, messages };
}

const request = (path: string) => ({ ...requestRecord, path });

describe("lines of one turn", () => {
  it("are written in one piece, once it is known that somebody flushes", () => {
    const { logger, messages } = toFile();
    const observer = logTo(logger);
    observer.requestEnded?.(request("/1"));
    expect(messages()).toHaveLength(1);
    observer.flush?.();
    observer.requestEnded?.(request("/2"));
    observer.requestEnded?.(request("/3"));
    expect(messages()).toHaveLength(1);
    observer.flush?.();
    expect(messages()).toHaveLength(3);
  });

  it("come before every line that is written after them, by any logger of the same stream", () => {
    const { logger, stream, messages } = toFile();
    const observer = logTo(logger);
    observer.flush?.();
    observer.requestEnded?.(request("/1"));
    logger.child({ a: 1 }).info("app");
    observer.requestEnded?.(request("/2"));
    observer.inferenceEnded?.(inferenceRecord);
    observer.requestEnded?.(request("/3"));
    createLogger({ destination: stream }).info("other");
    observer.requestEnded?.(request("/4"));
    logTo(createLogger({ destination: stream })).requestEnded?.({ ...requestRecord, aborted: true });
    const completed = "request completed";
    const expected = [
      completed,
      "app",
      completed,
      "inference completed",
      completed,
      "other",
      completed,
      "request aborted",
    ];
    expect(messages()).toEqual(expected);
  });

  it("are no longer than what stays in one piece on a pipe", () => {
    const { logger, stream, messages } = toFile();
    const pieces: number[] = [];
    stream.on("write", (bytes) => pieces.push(bytes));
    const observer = logTo(logger);
    observer.flush?.();
    for (let count = 0; count < 40; count += 1) observer.requestEnded?.(request("/x"));
    observer.flush?.();
    expect(messages()).toHaveLength(40);
    expect(pieces.length).toBeLessThan(10);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(4_096);
  });

  it("are written soon where nobody flushes after them", async () => {
    const { logger, messages } = toFile();
    const observer = logTo(logger);
    observer.flush?.();
    for (const path of ["/1", "/2"]) {
      observer.requestEnded?.(request(path));
      await vi.waitUntil(() => messages().length === Number(path.slice(1)), 20_000);
    }
  });

  it("are lost without an error where the stream is gone by then", async () => {
    const { logger, stream, messages } = toFile();
    const observer = logTo(logger);
    observer.flush?.();
    observer.requestEnded?.(request("/1"));
    stream.destroy();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(messages()).toEqual([]);
  });

  it("are delivered by close", async () => {
    const { logger, messages } = toFile();
    const observer = logTo(logger);
    observer.flush?.();
    observer.requestEnded?.(request("/1"));
    await observer.close?.();
    expect(messages()).toHaveLength(1);
  });

  it("are all there when requests have ended through core", async () => {
    const { logger, messages } = toFile();
    const aiwatch = createAiwatch({ registry: new Registry(), observers: [logTo(logger)] });
    const server = await testServer(aiwatchNode((_req, res) => res.end("ok"), aiwatch));
    const answers = Array.from({ length: 30 }, () => fetch(server.url).then((answer) => answer.text()));
    await Promise.all(answers);
    await server.close();
    await aiwatch.close();
    expect(messages()).toEqual(Array.from({ length: 30 }, () => "request completed"));
  });
});

describe("lines for a destination that writes in another thread", () => {
  it("wait for those of other turns, and are written within some milliseconds", async () => {
    const { logger, stream, messages } = toFile({ sync: false });
    await once(stream, "ready");
    let writes = 0;
    stream.on("write", () => {
      writes += 1;
    });
    const observer = logTo(logger);
    observer.flush?.();
    for (const path of ["/1", "/2", "/3"]) {
      observer.requestEnded?.(request(path));
      observer.flush?.();
    }
    // the file has the lines before the stream says so
    await vi.waitUntil(() => messages().length === 3 && writes > 0, 20_000);
    expect(writes).toBe(1);
  });

  it("come before the app's own next line, and are there when the logger says that it is flushed", async () => {
    // without a length pino's destination says so at once
    const { logger, stream, messages } = toFile({ sync: false, minLength: 1 });
    await once(stream, "ready");
    const observer = logTo(logger);
    observer.flush?.();
    observer.requestEnded?.(request("/1"));
    observer.flush?.();
    logger.info("app");
    await new Promise<void>((resolve) => logger.flush(() => resolve()));
    expect(messages()).toEqual(["request completed", "app"]);
    observer.requestEnded?.(request("/2"));
    observer.flush?.();
    await new Promise<void>((resolve) => logger.child({}).flush(() => resolve()));
    expect(messages()).toHaveLength(3);
    observer.requestEnded?.(request("/3"));
    observer.flush?.();
    await observer.close?.();
    expect(messages()).toHaveLength(4);
  });
});

describe("a destination that writes in another thread, and is told to do something else by the app", () => {
  const held = async (minLength = 0) => {
    const { logger, stream, messages } = toFile({ sync: false, minLength });
    await once(stream, "ready");
    const observer = logTo(logger);
    observer.flush?.();
    observer.requestEnded?.(request("/1"));
    observer.flush?.();
    return { stream, messages };
  };

  it("writes the lines that are held before it ends", async () => {
    const { stream, messages } = await held();
    stream.end();
    await once(stream, "close");
    expect(messages()).toEqual(["request completed"]);
  });

  it("has them in its file when it was flushed at once", async () => {
    // what it has handed to that thread already it does not wait for: here it collects a line, and hands nothing over
    const { stream, messages } = await held(4_096);
    stream.flushSync();
    expect(messages()).toEqual(["request completed"]);
    // another listener of the process's exit has nothing left to write
    stream.end();
    await once(stream, "close");
    expect(messages()).toHaveLength(1);
  });

  it("has its own methods for whoever copies it, and tells their errors", async () => {
    const { stream } = await held();
    expect(Object.keys(stream)).not.toContain("end");
    expect(() => Reflect.apply(stream.flush, stream, ["no function"])).toThrow("flush cb must be a function");
  });
});

describe("a stream that has to see each line", () => {
  const seen = capturedLines();
  const own = capturedLines();
  const patched = () => {
    const { stream } = toFile();
    stream.write = (line: string) => own.raw.push(line) > 0;
    return stream;
  };
  it.each([
    ["of the app's own", () => seen],
    ["of several", () => multistream([{ stream: seen }])],
    ["with a write of the app's own", patched],
    ["that drops what is too much", () => toFile({ maxLength: 100_000 }).stream],
  ])("gets a line a write: %s", (_, make) => {
    const stream = make();
    const writes: string[] = [];
    const { write } = stream;
    stream.write = (line: string) => {
      writes.push(line);
      return Reflect.apply(write, stream, [line]) as never;
    };
    const observer = logTo(createLogger({ destination: stream, pretty: false }));
    observer.flush?.();
    observer.requestEnded?.(request("/1"));
    observer.requestEnded?.(request("/2"));
    expect(writes.map((line) => JSON.parse(line).path)).toEqual(["/1", "/2"]);
  });
});
