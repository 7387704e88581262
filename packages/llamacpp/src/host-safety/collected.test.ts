import { expect, test } from "vitest";
import { runModule } from "../test-support/run-module.ts";

test("a session that nobody holds is collected, with its sequence and context, and its readings are forgotten", async () => {
  expect(await runModule("collected-session")).toMatchObject({ stdout: "0 1 undefined" });
});

test("what nobody holds is collected as it is without us, whatever it was made from is instrumented", async () => {
  const { stdout } = await runModule("collected-objects");
  const gone = { alive: [], gauges: [] };
  expect(JSON.parse(stdout)).toEqual({
    nothing: { ...gone, inferences: 0 },
    llama: { ...gone, inferences: 3 },
    model: { ...gone, inferences: 3 },
    context: { ...gone, inferences: 3 },
    sequence: { ...gone, inferences: 1 },
  });
});

test("an evaluation that nobody holds any more was broken off", async () => {
  const { stdout } = await runModule("abandoned-evaluation");
  expect(JSON.parse(stdout)).toEqual([{ finishReason: { unified: "aborted", raw: "abandoned" }, outputTokens: 2 }]);
});

test("a rejection that the app forgot to handle is still reported by Node", async () => {
  await expect(runModule("unheard-rejection")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("nobody listens"),
  });
});
