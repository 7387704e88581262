import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeWith, type NodeRelease, nodeRelease } from "@aiwatch/testkit";
import { afterAll } from "vitest";
import { bundle, type Format } from "./bundle.ts";

/** One of the two formats that core is built in, and a release of Node that runs it. */
export interface Build {
  readonly node: NodeRelease;
  readonly format: Format;
  /** Which of the builds it is, from 0. */
  readonly nth: number;
  /** Makes plain JavaScript of a file below `src` that finds this build of core. */
  readonly bundle: (file: string) => Promise<string>;
}

/** The oldest release that we take with the older format, and the newest of long support with the newer one. */
export const builds = [
  { major: 20, format: "cjs" },
  { major: 24, format: "esm" },
] as const;

/** Beside what was built: it is found from there as from an app. */
const cache = fileURLToPath(new URL("../../../.cache", import.meta.url));

/** `describe` for each build; skipped aloud where a release of Node cannot be had. */
export function describeBuilds(define: (build: Build) => void | Promise<void>): void {
  for (const [nth, { major, format }] of builds.entries()) {
    const get = () => nodeRelease(major);
    describeWith(`what was built, as ${format}, on Node ${major}`, get, async (node) => {
      await mkdir(cache, { recursive: true });
      const folder = await mkdtemp(join(cache, "built-"));
      afterAll(() => rm(folder, { recursive: true }));
      await define({ node, format, nth, bundle: (file) => bundle(file, format, folder) });
    });
  }
}
