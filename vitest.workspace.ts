import { basename, dirname, join, matchesGlob, relative, resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { longest, longestFirst } from "./packages/testkit/src/order/longest-first.ts";
import { tellSkipped } from "./packages/testkit/src/report/tell-skipped.ts";

/** Tests see the packages' sources. What was built is tested by the project `dist`, in processes of its own, and through the examples. */
const conditions = ["@aiwatch/source", "node"];
/** The package whose script npm runs: `npm test -w packages/core` is about its tests alone, and filters behind it choose among them. */
const script = relative(import.meta.dirname, dirname(resolve(process.env["npm_package_json"] ?? "package.json")));
const isOnePackage = script !== "" && !script.startsWith("..");
const within = (folders: string[]) =>
  isOnePackage
    ? folders.filter((folder) => matchesGlob(script, dirname(folder))).map((folder) => join(script, basename(folder)))
    : folders;
const sources = within(["packages/*/src", "dashboards/src"]);
const examples = within(["examples/*/test"]);
const all = [...sources, ...examples];

const project = (name: string, include: string[], exclude: string[], timeout: number) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name,
    include,
    exclude: ["**/node_modules/**", "**/dist/**", ...exclude],
    testTimeout: timeout,
    hookTimeout: timeout,
    // a busy machine needs more than vitest's second
    expect: { poll: { timeout: (timeout * 2) / 3 } },
  },
});

export default defineConfig({
  test: {
    // one more than CI has cores: a worker mostly waits, for processes, browsers and scrapes
    maxWorkers: 3,
    reporters: ["default", tellSkipped],
    sequence: { sequencer: longestFirst(longest) },
    projects: [
      project(
        "unit",
        sources.map((source) => `${source}/**/*.test.ts`),
        ["**/*.{dist,real,long}.test.ts"],
        60_000,
      ),
      project(
        "examples",
        examples.map((folder) => `${folder}/**/*.test.ts`),
        ["**/*.{real,long}.test.ts"],
        60_000,
      ),
      project(
        "dist",
        sources.map((source) => `${source}/**/*.dist.test.ts`),
        [],
        60_000,
      ),
      project(
        "real",
        all.map((source) => `${source}/**/*.real.test.ts`),
        [],
        300_000,
      ),
      project(
        "long",
        all.map((source) => `${source}/**/*.long.test.ts`),
        [],
        600_000,
      ),
    ],
  },
});
