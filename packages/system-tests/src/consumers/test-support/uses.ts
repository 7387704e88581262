import { type FinishedProcess, type NodeRelease, runToEnd } from "@aiwatch/testkit";
import { expect } from "vitest";
import { type ChatOptions, runChat } from "./chat-run.ts";
import { expectObserved, expectOwnSdk } from "./expect-observed.ts";

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

/** Where an app is used. */
export interface Place {
  readonly node: NodeRelease;
  readonly folder: string;
  /** The names of our packages. */
  readonly packages: readonly string[];
}

/** One way in which an app uses us. */
export interface Use {
  readonly title: string;
  /** Rejects where the app does not see what it should. */
  readonly play: (place: Place) => Promise<void>;
}

const preload = ["--import", "@aiwatch/tracing/register"];
const ownSdk = ["--import", "./own-sdk.mjs"];
const starts = { STARTS_TRACING: "true" };
const chat = ({ node, folder }: Place, options: ChatOptions) => runChat(node, folder, options);

/** What an app with all peers does. */
export const uses: readonly Use[] = [
  ...["chat.mjs", "chat.cjs"].map((entry) => ({
    title: `${entry} is observed`,
    play: async (place: Place) => expectObserved(await chat(place, { entry, env: starts }), "chat"),
  })),
  {
    title: "chat.cjs is observed with the preload, which is an ES module",
    play: async (place) => expectObserved(await chat(place, { entry: "chat.cjs", flags: preload }), "chat"),
  },
  {
    title: "chat.mjs with an SDK of its own: the spans are there, and once",
    play: async (place) => expectOwnSdk(await chat(place, { entry: "chat.mjs", flags: ownSdk, env: starts })),
  },
  {
    title: "chat.cjs with an SDK of its own that observes HTTP: no server span is doubled",
    play: async (place) => {
      const env = { ...starts, INSTRUMENTS_HTTP: "true" };
      expectOwnSdk(await chat(place, { entry: "chat.cjs", flags: ownSdk, env }));
    },
  },
  {
    title: "each package loaded in both formats is one",
    play: async (place) => {
      const run = await chat(place, { entry: "both-formats.mjs" });
      expectObserved(run, "chat");
      const shared = run.lines.find(({ msg }) => msg === "shared");
      expect(shared).toMatchObject({ twoCopies: true, oneInstance: true, handedOver: true, oneSdk: true });
    },
  },
  ...["own-test.mjs", "own-test.cjs"].map((entry) => ({
    title: `${entry} uses the entry for tests`,
    play: async ({ node, folder }: Place) => {
      const { stdout, stderr } = await runsToEnd(node.program, folder, [entry]);
      expect([JSON.parse(stdout), stderr]).toEqual([{ counted: 1, models: ["tiny"], isApart: true }, ""]);
    },
  })),
  {
    title: "every entry loads, with the same names in both formats",
    play: async ({ node, folder, packages }) => {
      expect(await expectEntries(node.program, folder, packages)).toBe("");
    },
  },
];

/** Gives what was complained of. */
export async function expectEntries(program: string, folder: string, names: readonly string[]): Promise<string> {
  interface Formats {
    readonly [format: string]: unknown;
  }
  const { stdout, stderr } = await runsToEnd(program, folder, ["entries.mjs", ...names]);
  const found: Record<string, Formats> = JSON.parse(stdout);
  const code = Object.entries(found).filter(([, formats]) => !("data" in formats));
  expect(Object.fromEntries(code.map(([entry, formats]) => [entry, Object.keys(formats)]))).toEqual(entries);
  for (const [, formats] of code) if ("require" in formats) expect(formats["require"]).toEqual(formats["import"]);
  for (const name of names) expect(found[`${name}/package.json`]).toMatchObject({ data: { name } });
  expect(found["@aiwatch/dashboards/llm-dashboard.json"]).toMatchObject({ data: { uid: "llm-dashboard" } });
  return stderr;
}

export async function runsToEnd(program: string, folder: string, args: readonly string[]): Promise<FinishedProcess> {
  const finished = await runToEnd(program, args, { cwd: folder, timeoutMs: 60_000 });
  if (finished.code !== 0) throw new Error(`${args[0]} ended with ${finished.code}: ${finished.stderr}`);
  return finished;
}
