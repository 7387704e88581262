import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bareRows } from "../test-support/endings/bare-rows.ts";
import { checkEndings } from "../test-support/endings/check-endings.ts";

checkEndings("a bare evaluation", bareRows);

test("a bare evaluation: a generator that was begun and dropped ends when it is collected, and one never begun is none", async () => {
  const file = fileURLToPath(new URL("../test-support/endings/abandoned-evaluation.ts", import.meta.url));
  const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--no-warnings"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, file]);
  const { bare, observed, inferences, diagnostics, spans, active } = JSON.parse(stdout);
  expect(observed.seen).toEqual(bare.seen);
  expect(observed.seen.yielded).toHaveLength(4);
  expect([bare.recordsThen, observed.recordsThen]).toEqual([0, 1]);
  expect(inferences).toMatchObject([
    { finishReason: { unified: "aborted", raw: "abandoned" }, outputTokens: 3, undeliveredTokens: 0 },
    { finishReason: { unified: "aborted", raw: "return" }, outputTokens: 1, undeliveredTokens: 0 },
  ]);
  expect(spans).toEqual(["text_completion tiny-chat", "text_completion tiny-chat"]);
  expect({ diagnostics, left: observed.left, active }).toEqual({ diagnostics: [], left: [], active: 0 });
});
