import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const preload = fileURLToPath(new URL("../register.ts", import.meta.url));
const app = fileURLToPath(new URL("../test-support/untouched-app.ts", import.meta.url));

interface Sample {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly value: number;
}

interface Shown {
  readonly answer: string;
  readonly metrics: readonly { readonly name: string; readonly values: readonly Sample[] }[];
}

function run(flags: readonly string[], file = app, environment: NodeJS.ProcessEnv = {}, cwd = process.cwd()) {
  const args = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning", ...flags, file];
  return promisify(execFile)(process.execPath, args, { cwd, env: { ...process.env, ...environment } });
}

const sum = ({ metrics }: Shown, name: string) =>
  metrics.find((metric) => metric.name === name)?.values.reduce((total, { value }) => total + value, 0);

test("an app that was not touched is observed, from the loading of its model on, and answers as without", async () => {
  const [bare, observed] = await Promise.all([run([]), run(["--import", preload])]);
  const without: Shown = JSON.parse(bare.stdout);
  const withUs: Shown = JSON.parse(observed.stdout);
  expect(observed.stderr).toBe("");
  expect(withUs.answer).toBe(without.answer);
  expect(without.metrics).toEqual([]);
  expect(sum(withUs, "genai_app_inferences_total")).toBe(1);
  expect(sum(withUs, "genai_app_output_tokens")).toBeGreaterThan(0);
  expect(sum(withUs, "genai_app_llamacpp_model_load_seconds")).toBeGreaterThan(0);
  expect(sum(withUs, "genai_app_telemetry_errors_total")).toBe(0);
});

test("a command-line program that was not touched tells at its exit what its model did, by the variable alone", async () => {
  const { stdout, stderr } = await run(["--import", preload], app, { AIWATCH_EXIT_REPORT: "true" });
  const shown: Shown = JSON.parse(stdout);
  const direction = (wanted: string) =>
    shown.metrics
      .find(({ name }) => name === "genai_app_chat_tokens_total")
      ?.values.find(({ labels }) => labels["direction"] === wanted)?.value;
  expect(stderr.split("\n")).toEqual([
    "AIWatch, at exit",
    "  tiny-chat",
    "    inferences              1 (1 length)",
    `    tokens                  ${direction("input")} in (0 of them cached), ${direction("output")} out`,
    expect.stringMatching(/^ {4}time to first token {5}[\d.]+ ms$/),
    expect.stringMatching(/^ {4}time per output token {3}[\d.]+ ms$/),
    expect.stringMatching(/^ {4}decode {18}[\d.]+ tokens\/s$/),
    "",
  ]);
});

test("nothing is observed where AIWatch is disabled", async () => {
  const { stdout, stderr } = await run(["--import", preload], app, { AIWATCH_DISABLED: "true" });
  const shown: Shown = JSON.parse(stdout);
  expect({ stderr, metrics: shown.metrics }).toEqual({ stderr: "", metrics: [] });
});

test("an app without node-llama-cpp runs, and is told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-register-"));
  const file = join(folder, "app.mjs");
  await writeFile(file, "process.stdout.write('runs');");
  const { stdout, stderr } = await run(["--import", preload], file, {}, folder);
  expect(stdout).toBe("runs");
  expect(stderr).toContain("@aiwatch/llamacpp/register observes nothing: node-llama-cpp cannot be loaded");
  await rm(folder, { recursive: true });
});

test("the app's engine is found for a folder, a command that is a link, and a process manager's own main module", async () => {
  const root = await mkdtemp(join(tmpdir(), "aiwatch-register-"));
  const [home, elsewhere] = [join(root, "app"), join(root, "bin")];
  await Promise.all([mkdir(join(home, "node_modules/node-llama-cpp"), { recursive: true }), mkdir(elsewhere)]);
  const engine = join(home, "node_modules/node-llama-cpp");
  await writeFile(join(engine, "package.json"), JSON.stringify({ type: "module", exports: "./index.js" }));
  await writeFile(join(engine, "index.js"), "export class Llama { loadModel() {} }");
  await writeFile(join(home, "package.json"), JSON.stringify({ type: "module", main: "main.js" }));
  await writeFile(join(home, "main.js"), "process.stdout.write('runs');");
  await writeFile(join(elsewhere, "manager.mjs"), "process.stdout.write('runs');");
  await symlink(join(home, "main.js"), join(elsewhere, "app"));
  const starts = [
    [".", home],
    ["main", home],
    [home, elsewhere],
    [join(elsewhere, "app"), elsewhere],
    [join(elsewhere, "manager.mjs"), home],
  ] as const;
  for (const [file, cwd] of starts) {
    const { stdout, stderr } = await run(["--import", preload], file, {}, cwd);
    expect({ file, stdout, stderr }).toEqual({ file, stdout: "runs", stderr: "" });
  }
  await rm(root, { recursive: true });
});

test("in the process that tries the engine's binary nothing is loaded", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-register-"));
  const file = join(folder, "app.mjs");
  await writeFile(file, "process.stdout.write('runs');");
  const { stdout, stderr } = await run(["--import", preload], file, { TEST_BINDING_CP: "true" });
  expect({ stdout, stderr }).toEqual({ stdout: "runs", stderr: "" });
  await rm(folder, { recursive: true });
});
