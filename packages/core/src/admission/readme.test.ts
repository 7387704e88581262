import { AsyncResource } from "node:async_hooks";
import { readFile } from "node:fs/promises";
import { snippetOf } from "@aiwatch/testkit";
import pLimit from "p-limit";
import PQueue from "p-queue";
import { expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { figuresOf } from "./test-support/set-up.ts";

const readme = new URL("../../README.md", import.meta.url);
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

/** Runs the README's snippet that holds `text` with these names. @returns the value of its last one, and how many lines it has */
async function run(text: RegExp, names: Record<string, unknown>, last: string) {
  const snippet = await snippetOf(readme, text);
  const value = await AsyncFunction(...Object.keys(names), `${snippet}\nreturn ${last};`)(...Object.values(names));
  return { value, lines: snippet.trim().split("\n").length };
}

const { signal } = new AbortController();

it("the README's p-queue and p-limit are observed, in less than ten lines each", async () => {
  const test = createTestAiwatch();
  const { aiwatch } = test;
  const ask = async (question: string) => `answer to ${question}`;
  const asked = await run(/new PQueue/, { aiwatch, PQueue, AsyncResource, ask, question: "it", signal }, "answer");
  const embed = async (text: string) => text.length;
  const embedded = await run(/pLimit/, { aiwatch, pLimit, embed, texts: ["a", "bcd"] }, "vectors");
  expect([asked.value, embedded.value]).toEqual(["answer to it", [1, 3]]);
  expect(Math.max(asked.lines, embedded.lines)).toBeLessThan(10);
  expect(await figuresOf(test, "chats")).toMatchObject({ waiting: 0, admitted: 1, waits: 1 });
  expect(await figuresOf(test, "embeddings")).toMatchObject({ waiting: 0, admitted: 2, waits: 2 });
});

it("the README's pool is observed by its promise and by the handle", async () => {
  const test = createTestAiwatch();
  const turns: (() => void)[] = [];
  const pool = { borrow: async () => "sequence", onTurn: (turn: () => void) => turns.push(turn) };
  const names = { aiwatch: test.aiwatch, pool, signal, isRefusal: () => false };
  const { value } = await run(/admission\.wait/, names, "[sequence, entry.ahead]");
  expect(value).toEqual(["sequence", 0]);
  expect(await figuresOf(test, "sequences")).toMatchObject({ waiting: 1, admitted: 1 });
  for (const turn of turns) turn();
  expect(await figuresOf(test, "sequences")).toMatchObject({ waiting: 0, admitted: 2 });
});

it("each of the handle's and the admission's members is named there", async () => {
  const { aiwatch } = createTestAiwatch();
  const admission = aiwatch.admission({ queue: "line" });
  const text = await readFile(readme, "utf8");
  const members = (object: object) => Object.getOwnPropertyNames(Object.getPrototypeOf(object));
  const internal = ["constructor", "declare", "begin", "end", "ended"];
  const named = [...members(admission), ...members(admission.enter())].filter((name) => !internal.includes(name));
  expect(named).toEqual(expect.arrayContaining(["wait", "wrap", "enter", "ahead", "refused"]));
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});
