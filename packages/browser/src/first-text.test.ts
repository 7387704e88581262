import { describe, expect, it } from "vitest";
import { FirstText } from "./first-text.ts";
import { notedAnswer } from "./test-support/noted-answer.ts";
import { chatCompletion, plainLines, responses, uiMessages } from "./test-support/streams.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function read(...pieces: readonly (string | Uint8Array)[]) {
  const { answer, notes } = notedAnswer();
  const text = new FirstText(answer);
  for (const piece of pieces) text.read(typeof piece === "string" ? bytesOf(piece) : piece);
  return { notes, isComplete: text.isComplete };
}

describe.each([
  { name: "the AI SDK's UI messages", events: uiMessages, first: 3, ends: ["end answered"] },
  { name: "chat completions", events: chatCompletion, first: 1, ends: ["end answered"] },
  { name: "responses", events: responses, first: 2, ends: [] },
  { name: "lines of text", events: plainLines, first: 0, ends: [], isOpen: true },
])("$name", ({ events, first, ends, isOpen }) => {
  it("have their first text in the event that holds it, and not before", () => {
    expect(read(...events.slice(0, first)).notes).toEqual([]);
    expect(read(...events.slice(0, first + 1)).notes).toEqual(["first text"]);
  });

  it("are read the same wherever they are split, in the middle of a character, too", () => {
    const bytes = bytesOf(events.join(""));
    const expected = { notes: ["first text", ...ends], isComplete: isOpen !== true };
    for (let at = 0; at <= bytes.length; at += 1) {
      expect([at, read(bytes.subarray(0, at), bytes.subarray(at))]).toEqual([at, expected]);
    }
    expect(read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it("are read the same with carriage returns", () => {
    const text = events.join("").replaceAll("\n", "\r\n");
    expect(read(text).notes).toEqual(["first text", ...ends]);
    expect(read(text.replaceAll("\r\n", "\r")).notes).toEqual(["first text", ...ends]);
  });
});

it.each([
  ["no text", 'data: {"choices":[{"delta":{"content":""}}]}\n\n', []],
  ["a tool call", 'data: {"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{}"}}]}}]}\n\n', []],
  ["arguments", 'data: {"type":"response.function_call_arguments.delta","delta":"{}"}\n\n', []],
  ["an unknown event", 'data: {"token":"Let"}\n\n', []],
  ["null", "data: null\n\n", []],
  ["a comment", ": ping\n\n", []],
  ["thoughts of llama-server", 'data: {"choices":[{"delta":{"reasoning_content":"Hmm"}}]}\n\n', ["first text"]],
  ["a completion", 'data: {"choices":[{"text":"Let"}]}\n\n', ["first text"]],
  ["a number", "data: 4\n\n", ["first text"]],
  ["an error of the AI SDK", 'data: {"type":"error","errorText":"secret"}\n\n', ["end failed server_error"]],
  ["an error of OpenAI", 'data: {"error":{"message":"secret"}}\n\n', ["end failed server_error"]],
  ["an abort of the AI SDK", 'data: {"type":"abort"}\n\n', ["end aborted"]],
])("%s is what it is", (_name, text, notes) => {
  expect(read(text).notes).toEqual(notes);
});

it("an error behind the first text is seen, whatever spaces its JSON has", () => {
  const [, text = ""] = chatCompletion;
  expect(read(text, 'data: { "error" : { "message": "secret" } }\n\n').notes).toEqual([
    "first text",
    "end failed server_error",
  ]);
  expect(read(text, 'data: {"choices": [{"finish_reason": "stop"}]}\n\n').isComplete).toBe(true);
  expect(read(text, 'data: {"choices": [{"finish_reason": null}]}\n\n').isComplete).toBe(false);
});

it("a line without an end is passed over, and what comes behind it is read", () => {
  const long = "x".repeat(10_000);
  const pieces = Array.from({ length: 20 }, () => long);
  expect(read("data: ", ...pieces).notes).toEqual([]);
  expect(read("data: ", ...pieces, "\n\n").notes).toEqual([]);
  expect(read("data: ", ...pieces, "\n\n", ...plainLines).notes).toEqual(["first text"]);
});
