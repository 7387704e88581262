import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runNode, runToEnd, startProcess } from "./running-process.ts";

const run = (script: string, env: Record<string, string | undefined> = {}) => runNode(["-e", script], { env });
const FOREVER = "setInterval(() => {}, 1e6);";

describe("runNode", () => {
  it("collects lines of both outputs, the last one without an end too, and the exit code", async () => {
    const child = await run(
      `console.log("a\\nb"); console.error("c"); process.stdout.write("d"); process.exitCode = 3;`,
    );
    expect(await child.exit).toEqual({ code: 3, signal: null });
    expect(child.stdout).toEqual(["a", "b", "d"]);
    expect(child.stderr).toEqual(["c"]);
  });

  it("waits for a line to come, and finds one that has been", async () => {
    const child = await run(`console.error("listening on http://127.0.0.1:4711"); ${FOREVER}`);
    const match = await child.waitForLine(/listening on .*:(\d+)/g);
    expect(match[1]).toBe("4711");
    await expect(child.waitForLine(/listening/)).resolves.toBeDefined();
    await child.stop();
  });

  it("tells what was written when the line does not come", async () => {
    const child = await run(`console.error("LOG_LEVEL: loud is not a level"); process.exit(1);`);
    await expect(child.waitForLine(/listening/)).rejects.toThrow(/code 1.*while waiting.*loud is not a level/s);
    await child.exit;
    await expect(child.waitForLine(/listening/)).rejects.toThrow("code 1");
  });

  it("stops by the signal asked for", async () => {
    const child = await run(`process.on("SIGINT", () => process.exit(5)); console.log("up"); ${FOREVER}`);
    await child.waitForLine(/up/);
    expect(await child.stop("SIGINT")).toEqual({ code: 5, signal: null });
    expect(await child.stop()).toEqual({ code: 5, signal: null });
  });

  it("kills what does not heed the signal", async () => {
    const child = await run(`process.on("SIGTERM", () => {}); console.log("up"); ${FOREVER}`);
    await child.waitForLine(/up/);
    expect(await child.stop("SIGTERM", 1)).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("runs an entry file in a folder, with our environment changed and vitest's left out", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aiwatch-run-node-"));
    try {
      const entry = join(folder, "entry.mjs");
      const shown =
        "[process.cwd() !== undefined, env.PATH !== undefined, env.ADDED, env.HOME, env.VITEST, env.NODE_ENV]";
      await writeFile(entry, `const { env } = process; console.log(JSON.stringify(${shown}));`);
      const child = await runNode(entry, { cwd: folder, env: { ADDED: "yes", HOME: undefined } });
      await child.exit;
      expect(JSON.parse(child.stdout.join())).toEqual([true, true, "yes", null, null, null]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("startProcess", () => {
  it("rejects when there is no such program", async () => {
    await expect(startProcess("/no/such/program", [])).rejects.toThrow("ENOENT");
  });
});

describe("runToEnd", () => {
  it("gives the input and reads both outputs", async () => {
    const script = `process.stdin.pipe(process.stdout); console.error("read"); process.exitCode = 2;`;
    const finished = await runToEnd(process.execPath, ["-e", script], { stdin: "in and out" });
    expect(finished).toEqual({ code: 2, stdout: "in and out", stderr: "read\n" });
  });

  it("kills what hangs", async () => {
    const finished = await runToEnd(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { timeoutMs: 50 });
    expect(finished).toEqual({ code: null, signal: "SIGKILL", stdout: "", stderr: "" });
  });

  it("rejects when there is no such program", async () => {
    await expect(runToEnd("/no/such/program", [])).rejects.toThrow("ENOENT");
  });
});
