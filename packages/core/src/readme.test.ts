import { fileURLToPath } from "node:url";
import { runToEnd, snippetOf } from "@aiwatch/testkit";
import { expect, it } from "vitest";

it("the README's observer is told what its comments say", async () => {
  const snippet = await snippetOf(new URL("../README.md", import.meta.url), /const ledger/);
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--conditions=@aiwatch/source", "--input-type=module"];
  const ended = await runToEnd(process.execPath, args, { cwd, stdin: snippet });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const comments = [...snippet.matchAll(/; \/\/ (.+)$/gm)].map(([, comment]) => comment);
  expect(comments).toHaveLength(3);
  expect(ended.stdout.trim().split("\n")).toEqual(comments);
});

it("the README's chat has its reader's wait, with what its comments say", async () => {
  const snippet = await snippetOf(new URL("../README.md", import.meta.url), /const waits/);
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--conditions=@aiwatch/source", "--input-type=module"];
  const ended = await runToEnd(process.execPath, args, { cwd, stdin: snippet });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ended.stdout.trim().split("\n").toSorted()).toEqual(["an answer to a better question", "true true"]);
});
