import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The repository's files that take longest, the longest first. */
export const longest: readonly string[] = [
  "packages/system-tests/src/consumers/consumers.real.test.ts",
  "examples/express/test/page/page.real.test.ts",
  "packages/system-tests/src/host-tables/faults.real.test.ts",
  "packages/system-tests/src/hono/hono-apps.real.test.ts",
  "packages/system-tests/src/bundles/bundles.real.test.ts",
];

/**
 * Vitest's order, but for some files, which begin before all others in the order given here. Vitest goes by size where it has not yet seen a file run,
 * as on every machine of CI, and a file that describes a large table has a few lines: it would come last, and one worker would be busy for minutes
 * while the others have nothing left to do.
 * @param paths ends of paths
 */
export function longestFirst(paths: readonly string[]): typeof BaseSequencer {
  const place = ({ moduleId }: TestSpecification) => {
    const found = paths.findIndex((path) => moduleId.endsWith(`/${path}`));
    return found === -1 ? paths.length : found;
  };
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const sorted = await super.sort(files);
      return sorted.sort((one, other) => place(one) - place(other));
    }
  };
}
