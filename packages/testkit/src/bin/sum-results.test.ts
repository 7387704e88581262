import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runToEnd } from "../process/running-process.ts";

const BIN = fileURLToPath(new URL("../../bin/sum-results.js", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aiwatch-sum-results-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A report of one test file, in the shape that vitest writes. */
async function report(name: string, statuses: string[], file: { status?: string; message?: string } = {}) {
  const path = join(folder, name);
  const status = statuses.includes("failed") ? "failed" : "passed";
  const assertionResults = statuses.map((each) => ({
    status: each,
    fullName: `what ${each}`,
    failureMessages: each === "failed" ? ["expected 1 to be 2"] : [],
  }));
  const testResults = [{ name: "a.test.ts", status, message: "", assertionResults, ...file }];
  await writeFile(path, JSON.stringify({ success: status === "passed", testResults }));
  return path;
}

const sum = (...reports: string[]) => runToEnd(process.execPath, [BIN, ...reports]);

describe("sum-results", () => {
  it("adds up reports in one line", async () => {
    const unit = await report("unit.json", ["passed", "passed"]);
    const real = await report("real.json", ["passed", "skipped", "todo"]);
    expect(await sum(unit)).toEqual({ code: 0, stdout: "2 passed, 0 failed\n", stderr: "" });
    expect(await sum(unit, real)).toEqual({ code: 0, stdout: "3 passed, 0 failed, 2 skipped\n", stderr: "" });
  });

  it("fails when a test failed, and names it", async () => {
    const path = await report("failed.json", ["passed", "failed"]);
    const stdout = "FAILED  a.test.ts: what failed\nexpected 1 to be 2\n1 passed, 1 failed\n";
    expect(await sum(path)).toMatchObject({ code: 1, stdout });
  });

  it("counts a file that broke before its tests", async () => {
    const path = await report("broken.json", [], { status: "failed", message: "no such module" });
    const finished = await sum(path);
    expect(finished).toMatchObject({ code: 1, stdout: "0 passed, 1 failed\n" });
    expect(finished.stderr).toContain("a.test.ts: no such module");
  });

  it("fails when a report is missing, is no JSON or has no tests, and when none is named", async () => {
    const good = await report("good.json", ["passed"]);
    const empty = join(folder, "empty.json");
    await writeFile(empty, JSON.stringify({ success: true, testResults: [] }));
    const nonsense = join(folder, "nonsense.json");
    await writeFile(nonsense, "nonsense");
    for (const bad of [join(folder, "absent.json"), nonsense, empty]) {
      expect(await sum(good, bad)).toMatchObject({ code: 1, stdout: "1 passed, 1 failed\n" });
    }
    expect(await sum()).toMatchObject({ code: 1, stdout: "0 passed, 1 failed\n" });
  });
});
