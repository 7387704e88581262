import { expect, test } from "vitest";
import { hearsThoughts, requestParametersOf, signalOf } from "./request.ts";

test("numbers, and no content", () => {
  const options = { maxTokens: 5, temperature: 0, topP: 0.9, topK: 40, seed: 7, responsePrefix: "secret", minP: 0.1 };
  expect(requestParametersOf(options)).toEqual({ maxTokens: 5, temperature: 0, topP: 0.9, topK: 40, seed: 7 });
});

test("what is no finite number was not asked for", () => {
  expect(requestParametersOf({ maxTokens: undefined, seed: Number.NaN, topK: "40" })).toEqual({});
  expect(requestParametersOf(undefined)).toEqual({});
});

test.each(["onTextChunk", "onResponseChunk", "onToken"])("%s makes it a stream", (callback) => {
  expect(requestParametersOf({ [callback]: () => {} })).toEqual({ stream: true });
  expect(requestParametersOf({ [callback]: undefined })).toEqual({});
});

test("thoughts are told to one callback alone", () => {
  const told = ["onTextChunk", "onToken", "onResponseChunk"].map((name) => hearsThoughts({ [name]: () => {} }));
  expect(told).toEqual([false, false, true]);
  expect(hearsThoughts(undefined)).toBe(false);
});

test("the signal is the caller's", () => {
  const { signal } = new AbortController();
  expect(signalOf({ signal })).toBe(signal);
  expect(signalOf({})).toBeUndefined();
});
