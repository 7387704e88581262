import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { describeWith, nodeRelease } from "@aiwatch/testkit";
import { afterAll, describe, expect, it } from "vitest";
import type { Suite } from "../suites.ts";
import { bundle, type Format } from "./bundle.ts";
import { Tester } from "./tester.ts";

export interface Build {
  /** A major of Node, which runs it. */
  readonly node: number;
  readonly format: Format;
}

/** Runs suites on what was built, by a plain Node of another release. */
export function describeBuilt({ node, format }: Build, suites: readonly Suite[]): void {
  const title = `what was built, as ${format}, on Node ${node}`;
  describeWith(
    title,
    () => nodeRelease(node),
    async ({ version, program }) => {
      const file = await bundle("test-support/built/child.ts", format);
      const tester = new Tester(program, file);
      afterAll(async () => {
        await tester.close();
        await rm(dirname(file), { recursive: true });
      });

      it("is what is tested", async () => {
        expect(await tester.about()).toEqual({
          node: version,
          core: expect.stringMatching(/\/core\/dist\/index.cjs$/),
        });
      });

      for (const { title, tests } of suites) {
        describe(title, () => {
          for (const { name } of tests) it(name, ({ signal }) => tester.run({ title, name }, signal));
        });
      }
    },
  );
}
