import { toolErrorTypeOf } from "@aiwatch/core/adapter";
import { DisposedError, InsufficientMemoryError } from "node-llama-cpp";
import { expect, test } from "vitest";
import { errorTypeOf } from "./result.ts";

test.each([
  [new DisposedError(), "disposed"],
  [new Error("The draft sequence is disposed"), "disposed"],
  [new InsufficientMemoryError(), "out_of_memory"],
  [new Error("The context size is too small to generate a response"), "context_overflow"],
  [new Error("Failed to free up space for new tokens"), "context_overflow"],
  [new Error("Input is longer than the usable context size. Try to increase the context size"), "context_overflow"],
  [new Error("The input length exceed the context size. Try to increase it to at least 700"), "context_overflow"],
  [new Error("Using both grammar and functions is not supported yet"), "invalid_argument"],
  [new DOMException("The operation timed out", "TimeoutError"), "timeout"],
  [new Error("Failed to sample next token"), "engine_error"],
])("%s", (error, type) => {
  expect(errorTypeOf(error)).toBe(type);
});

test("an error with a class or a code of its own is not the engine's", () => {
  class DatabaseError extends Error {}
  expect(errorTypeOf(new DatabaseError("no connection"))).toBeUndefined();
  expect(errorTypeOf(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))).toBeUndefined();
  expect(errorTypeOf("thrown text")).toBeUndefined();
});

test("a function's error is named after its class, in so far as that is a name", () => {
  class DatabaseError extends Error {}
  expect(toolErrorTypeOf(new DatabaseError("no connection"))).toBe("DatabaseError");
  const wordy = class extends Error {};
  Object.defineProperty(wordy, "name", { value: "Error: no row for jane@example.org" });
  for (const error of [new Error("no"), "thrown text", new wordy()]) expect(toolErrorTypeOf(error)).toBe("tool_failed");
});

test("a function's error that names itself keeps its name where a minifier has renamed its class", () => {
  class t extends Error {
    override name = "DatabaseError";
  }
  class e extends TypeError {}
  e.prototype.name = "QuotaError";
  expect([new t(), new e(), new TypeError()].map(toolErrorTypeOf)).toEqual([
    "DatabaseError",
    "QuotaError",
    "TypeError",
  ]);
});

test("an error whose class is named as what every object has is the app's own", () => {
  class Own extends Error {}
  Object.defineProperty(Own, "name", { value: "toString" });
  expect(errorTypeOf(new Own("no"))).toBeUndefined();
  expect(errorTypeOf(Object.assign(new Own("no"), { name: "constructor" }))).toBeUndefined();
});
