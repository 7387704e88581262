import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { describeBuilds } from "../test-support/built/builds.ts";

const cwd = fileURLToPath(new URL("../..", import.meta.url));

const program = `
(async () => {
  const warnings = [];
  // queryObjects is experimental, and says so
  process.on("warning", ({ name }) => name === "ExperimentalWarning" || warnings.push(name));
  const { queryObjects } = await import("node:v8");
  const { aiwatch } = createTestAiwatch();
  const admission = aiwatch.admission({ queue: "line" });
  const shared = new AbortController().signal;
  for (let n = 0; n < 10; n += 1) shared.addEventListener("abort", () => {});
  const held = Array.from({ length: 20 }, () => admission.enter({ signal: shared }));
  const count = async () => {
    for (let n = 0; n < 100; n += 1) admission.enter({ signal: new AbortController().signal }).left();
    for (let turn = 0; turn < 10; turn += 1) {
      await new Promise(setImmediate);
      gc();
    }
    return queryObjects(AbortSignal, { format: "count" });
  };
  const before = await count();
  console.log(JSON.stringify({ more: (await count()) - before, waiting: held.filter(({ ended }) => !ended).length, warnings }));
})();`;

describeBuilds(({ node, format }) => {
  it("keeps no signal that was never aborted, and adds no listener to one that has ten", async () => {
    const [type, names] =
      format === "cjs"
        ? ["commonjs", "const { createTestAiwatch } = require"]
        : ["module", "const { createTestAiwatch } = await import"];
    const stdin = `${names}("@aiwatch/core/testing");${program}`;
    const args = ["--expose-gc", `--input-type=${type}`];
    const { stdout } = await runToEnd(node.program, args, { cwd, stdin });
    expect(JSON.parse(stdout)).toEqual({ more: 0, waiting: 20, warnings: [] });
  });
});
