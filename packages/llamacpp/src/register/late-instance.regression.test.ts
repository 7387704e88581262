import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const preload = fileURLToPath(new URL("../register.ts", import.meta.url));
const app = fileURLToPath(new URL("../test-support/late-instance-app.ts", import.meta.url));

test.each([
  ["by the preload", ["--import", preload, app]],
  ["by instrumentModel without an instance", [app, "--explicit"]],
])(
  "a model that was observed %s before the app made its instance is told of by that one, each inference once",
  async (_, args) => {
    const flags = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning"];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, ...args]);
    expect(stderr).toBe("");
    const { told, counted, inferences, contextSize } = JSON.parse(stdout);
    // the one under way when it came, and the next; then the first was closed, and the next default was told
    expect(told).toEqual({ first: [2, 3], second: [], third: [4] });
    expect(counted).toContain('{model="tiny-chat",operation="chat",finish_reason="length"} 4');
    expect([inferences.length, contextSize]).toEqual([1, 512]);
  },
);
