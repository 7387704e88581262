import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  describeWith,
  type FinishedProcess,
  isInSpread,
  type NodeRelease,
  nodeRelease,
  npmInstall,
  npmList,
  runToEnd,
} from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ChatOptions, runChat } from "./chat-run.ts";
import { expectObserved, expectOwnSdk } from "./expect-observed.ts";
import { freshApp } from "./fresh-app.ts";
import { installedCopies } from "./installed-copies.ts";
import { type Line, lines, requiredPeers } from "./lines.ts";
import { type Packed, packWorkspace } from "./pack-workspace.ts";
import { typeErrors } from "./type-check.ts";

/** How every entry can be loaded. */
const entries = {
  "@aiwatch/browser": ["import"],
  "@aiwatch/browser/panel": ["import"],
  "@aiwatch/core": ["import", "require"],
  "@aiwatch/core/adapter": ["import", "require"],
  "@aiwatch/core/browser-spans": ["import", "require"],
  "@aiwatch/core/catalogue": ["import", "require"],
  "@aiwatch/core/cluster": ["import", "require"],
  "@aiwatch/core/diagnostics": ["import", "require"],
  "@aiwatch/core/diagnostics-schema": ["import", "require"],
  "@aiwatch/core/express": ["import", "require"],
  "@aiwatch/core/fastify": ["import", "require"],
  "@aiwatch/core/hono": ["import", "require"],
  "@aiwatch/core/live": ["import", "require"],
  "@aiwatch/core/live-schema": ["import", "require"],
  "@aiwatch/core/node": ["import", "require"],
  "@aiwatch/core/otel-metrics": ["import", "require"],
  "@aiwatch/core/reports": ["import", "require"],
  "@aiwatch/core/reports-schema": ["import", "require"],
  "@aiwatch/core/shutdown": ["import", "require"],
  "@aiwatch/core/summary-schema": ["import", "require"],
  "@aiwatch/core/testing": ["import", "require"],
  "@aiwatch/dashboards": ["import"],
  "@aiwatch/llamacpp": ["import", "require"],
  "@aiwatch/llamacpp/register": ["import"],
  "@aiwatch/llamacpp/server": ["import", "require"],
  "@aiwatch/logging": ["import", "require"],
  "@aiwatch/openai": ["import", "require"],
  "@aiwatch/openai/register": ["import"],
  "@aiwatch/tracing": ["import", "require"],
  "@aiwatch/tracing/register": ["import"],
};

let packages: readonly Packed[];

/** What is packed is packed once, for all apps of a file. */
export function packFirst(): void {
  let tarballs: string;
  beforeAll(async () => {
    tarballs = await mkdtemp(join(tmpdir(), "aiwatch-tarballs-"));
    packages = await packWorkspace(tarballs);
  });
  afterAll(() => rm(tarballs, { recursive: true }));
}

/**
 * An app of each line that runs on one of these majors of Node.
 * @param isWhole whether each line is type checked under each of its resolutions of modules. Else each resolution is that of one line at least, in
 * turn. @default false
 */
export function describeApps(majors: readonly number[], isWhole = false): void {
  for (const [column, line] of lines.entries()) {
    const nodes = line.nodes.filter((major) => majors.includes(major));
    if (nodes.length === 0) continue;
    const of = (row: number) => isInSpread({ row, column, columns: lines.length, layer: 0, layers: 2 });
    const resolutions = isWhole ? line.resolutions : line.resolutions.filter((_, row) => of(row));
    describeWith(`an app with ${line.title}`, () => freshApp(line.peers), describeApp({ ...line, nodes, resolutions }));
  }
}

export function describeWithoutPeers(): void {
  describeWith("an app without any optional peer", () => freshApp(requiredPeers), describeWithout);
}

function describeApp(line: Line): (folder: string) => void {
  return (folder) => {
    install(folder);

    test("has one copy of each peer and of each of ours, and they fit each other", async () => {
      for (const { name } of packages) expect(await installedCopies(folder, name)).toHaveLength(1);
      for (const [name, version] of Object.entries(line.peers)) {
        expect([name, ...(await installedCopies(folder, name))]).toEqual([name, version]);
      }
      await npmList(folder);
    });

    test.each(line.resolutions)("type checks under %s, in both formats, and mistakes are found", async (resolution) => {
      expect(await typeErrors(folder, ["typed-app.mts", "typed-app.cts"], resolution)).toEqual([]);
    });

    for (const major of line.nodes) {
      const get = () => nodeRelease(major);
      describeWith(`on Node ${major}`, get, (node) => describeRuns(folder, node));
    }
  };
}

function describeRuns(folder: string, node: NodeRelease): void {
  const chat = (options: ChatOptions) => runChat(node, folder, options);
  const preload = ["--import", "@aiwatch/tracing/register"];
  const ownSdk = ["--import", "./own-sdk.mjs"];
  const starts = { STARTS_TRACING: "true" };

  test.each(["chat.mjs", "chat.cjs"])("%s is observed", async (entry) => {
    expectObserved(await chat({ entry, env: starts }), "chat");
  });

  test("chat.cjs is observed with the preload, which is an ES module", async () => {
    expectObserved(await chat({ entry: "chat.cjs", flags: preload }), "chat");
  });

  test("chat.mjs with an SDK of its own: the spans are there, and once", async () => {
    expectOwnSdk(await chat({ entry: "chat.mjs", flags: ownSdk, env: starts }));
  });

  test("chat.cjs with an SDK of its own that observes HTTP: no server span is doubled", async () => {
    expectOwnSdk(await chat({ entry: "chat.cjs", flags: ownSdk, env: { ...starts, INSTRUMENTS_HTTP: "true" } }));
  });

  test("each package loaded in both formats is one", async () => {
    const run = await chat({ entry: "both-formats.mjs" });
    expectObserved(run, "chat");
    const shared = run.lines.find(({ msg }) => msg === "shared");
    expect(shared).toMatchObject({ twoCopies: true, oneInstance: true, handedOver: true, oneSdk: true });
  });

  test.each(["own-test.mjs", "own-test.cjs"])("%s uses the entry for tests", async (entry) => {
    const { stdout, stderr } = await runsToEnd(node.program, folder, [entry]);
    expect([JSON.parse(stdout), stderr]).toEqual([{ counted: 1, models: ["tiny"], isApart: true }, ""]);
  });

  test("every entry loads, with the same names in both formats", async () => {
    expect(await expectEntries(node.program, folder)).toBe("");
  });
}

function describeWithout(folder: string): void {
  install(folder);

  test("every entry loads; the preload says that it observes nothing", async () => {
    const stderr = await expectEntries(process.execPath, folder);
    expect(stderr).toMatch(/llamacpp\/register observes nothing: node-llama-cpp cannot be loaded/);
  });

  test("has spans that go nowhere, and is told what is missing where it asks for tracing", async () => {
    const { stdout } = await runsToEnd(process.execPath, folder, ["without-sdk.mjs"]);
    const message = expect.stringContaining("@opentelemetry/sdk-node");
    const told = { code: "AIWATCH_MISSING_PEER", message };
    expect(JSON.parse(stdout)).toEqual({ reason: "not_enabled", answer: "answered", ...told });
  });

  test("type checks, in both formats", async () => {
    expect(await typeErrors(folder, ["typed-entries.mts", "typed-entries.cts"], "nodenext")).toEqual([]);
  });
}

/** What is packed here, into an app that has the rest. */
function install(folder: string): void {
  beforeAll(async () => {
    const paths = packages.map(({ tarball }) => tarball);
    await npmInstall(folder, paths);
  });
  afterAll(() => rm(folder, { recursive: true }));
}

/** Gives what was complained of. */
async function expectEntries(program: string, folder: string): Promise<string> {
  interface Formats {
    readonly [format: string]: unknown;
  }
  const names = packages.map(({ name }) => name);
  const { stdout, stderr } = await runsToEnd(program, folder, ["entries.mjs", ...names]);
  const found: Record<string, Formats> = JSON.parse(stdout);
  const code = Object.entries(found).filter(([, formats]) => !("data" in formats));
  expect(Object.fromEntries(code.map(([entry, formats]) => [entry, Object.keys(formats)]))).toEqual(entries);
  for (const [, formats] of code) if ("require" in formats) expect(formats["require"]).toEqual(formats["import"]);
  for (const name of names) expect(found[`${name}/package.json`]).toMatchObject({ data: { name } });
  expect(found["@aiwatch/dashboards/llm-dashboard.json"]).toMatchObject({ data: { uid: "llm-dashboard" } });
  return stderr;
}

async function runsToEnd(program: string, folder: string, args: readonly string[]): Promise<FinishedProcess> {
  const finished = await runToEnd(program, args, { cwd: folder, timeoutMs: 60_000 });
  if (finished.code !== 0) throw new Error(`${args[0]} ended with ${finished.code}: ${finished.stderr}`);
  return finished;
}
