import { afterAll, describe, expect, it } from "vitest";
import type { Suite } from "../suite.ts";
import type { Build } from "./builds.ts";
import { Tester } from "./tester.ts";

/** Runs suites on what was built: the names are known here, the tests run there. */
export async function describeSuites({ node, format, bundle }: Build, suites: readonly Suite[]): Promise<void> {
  const tester = new Tester(node.program, await bundle("test-support/built/child.ts"));
  afterAll(() => tester.close());

  it("is what is tested", async () => {
    const core = expect.stringMatching(format === "cjs" ? /\/core\/dist\/[^/]+\.cjs$/ : /\/core\/dist\/[^/]+\.js$/);
    expect(await tester.about()).toEqual({ node: node.version, core });
  });

  for (const { title, tests } of suites) {
    describe(title, () => {
      for (const { name } of tests) it(name, ({ signal }) => tester.run({ title, name }, signal));
    });
  }
}
