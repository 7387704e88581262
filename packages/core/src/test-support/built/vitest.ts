import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";

/** Stands for `vitest` where vitest does not run: its own `expect`, and as much of the rest as the tables of behaviours ask for. */
for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

export const expect = Object.assign(chai.expect, {
  unreachable(): never {
    throw new chai.AssertionError("expected not to be reached");
  },
});

type Step = () => unknown;

const first: Step[] = [];
const afterEachOne: Step[] = [];
const onceFinished: Step[] = [];

export function beforeAll(step: Step): void {
  first.push(step);
}

export function afterEach(step: Step): void {
  afterEachOne.push(step);
}

/** The process ends after all. */
export function afterAll(): void {}

export function onTestFinished(step: Step): void {
  onceFinished.push(step);
}

/** Rejects as the test does, or what is done after it. */
export async function runTest(test: () => Promise<void>): Promise<void> {
  for (const step of first.splice(0)) await step();
  try {
    await test();
  } finally {
    for (const step of [...afterEachOne, ...onceFinished.splice(0).reverse()]) await step();
  }
}
