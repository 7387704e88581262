import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { describe, expect, it } from "vitest";

const cwd = fileURLToPath(new URL("../..", import.meta.url));
const flags = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning", "--input-type=module"];
const imports = `import { createAiwatch } from "./src/index.ts";`;
const variable = { AIWATCH_EXIT_REPORT: "true" };

function run(program: string, env: Readonly<Record<string, string>> = {}) {
  return runToEnd(process.execPath, flags, { cwd, env, stdin: imports + program });
}

const infer = (instance: string) =>
  `${instance}.startInference({ model: "tiny" }).end({ unified: "stop" }, { promptTokens: 3, outputTokens: 2 });`;
const report = `AIWatch, at exit
  tiny
    inferences              1 (1 stop)
    tokens                  3 in, 2 out
`;

describe("the report at exit", () => {
  it.each<[string, string, Readonly<Record<string, string>>]>([
    ["the option", "{ exitReport: true }", {}],
    ["the variable", "", variable],
  ])("is written by %s alone", async (_, options, env) => {
    const program = `const aiwatch = createAiwatch(${options}); ${infer("aiwatch")}`;
    expect(await run(program, env)).toEqual({ code: 0, stdout: "", stderr: report });
  });

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ["it is off, as by default", "", {}],
    ["the option says no, whatever the variable says", "{ exitReport: false }", variable],
    ["AIWatch is disabled", "{ disabled: true }", variable],
  ])("is not written where %s", async (_, options, env) => {
    const program = `const aiwatch = createAiwatch(${options}); ${infer("aiwatch")}`;
    expect(await run(program, env)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it.each([
    ["process.exit()", "process.exit(3);", 3],
    ["a natural end after close()", "process.exitCode = 3; await aiwatch.close();", 3],
    ["an exit within exit", "process.on('exit', () => process.exit(3));", 3],
    [
      "an end after an exit event that the app emitted itself",
      "process.emit('exit', 0); console.error('lives on');",
      0,
    ],
  ])("is written once by %s, and the exit code stays", async (_, end, code) => {
    const ended = await run(`const aiwatch = createAiwatch(); ${infer("aiwatch")} ${end}`, variable);
    const before = end.includes("lives on") ? "lives on\n" : "";
    expect(ended).toEqual({ code, stdout: "", stderr: before + report });
  });

  it("follows what an uncaught exception says", async () => {
    const ended = await run(`const aiwatch = createAiwatch(); ${infer("aiwatch")} throw new Error("x");`, variable);
    expect([ended.code, ended.stderr.startsWith(report) || ended.stderr.endsWith(report)]).toEqual([1, true]);
  });

  it("is one for each instance that saw something, and adds one listener", async () => {
    const program = `
      import { Registry } from "prom-client";
      const before = process.listenerCount("exit");
      const instances = Array.from({ length: 20 }, () => createAiwatch({ registry: new Registry() }));
      console.log(process.listenerCount("exit") - before);
      ${infer("instances[0]")} ${infer("instances[7]")}`;
    expect(await run(program, variable)).toEqual({ code: 0, stdout: "1\n", stderr: report + report });
  });

  it("is written by a worker thread, when that one exits", async () => {
    const inside = `
      const { createAiwatch } = await import(${JSON.stringify(`${cwd}src/index.ts`)});
      const aiwatch = createAiwatch(); ${infer("aiwatch")}`;
    const program = `
      import { Worker } from "node:worker_threads";
      new Worker(${JSON.stringify(`(async () => {${inside}})()`)}, { eval: true });`;
    expect(await run(program, variable)).toEqual({ code: 0, stdout: "", stderr: report });
  });

  it("is lost on a stderr that nobody reads any more, and nothing else is", async () => {
    const program = `
      const aiwatch = createAiwatch(); ${infer("aiwatch")}
      process.stdin.once("end", () => process.exit(3)).resume();
      console.log("ready");`;
    const env = { ...process.env, ...variable };
    const args = [...flags, "--eval", imports + program];
    const child = spawn(process.execPath, args, { cwd, env, stdio: "pipe" });
    await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
    const closed = new Promise((resolve) => child.stderr.once("close", resolve));
    child.stderr.destroy();
    await closed;
    const exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    child.stdin.end();
    expect(await exited).toEqual({ code: 3, signal: null });
  });
});
