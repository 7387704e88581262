import { inspect } from "node:util";
import { invalidSetting } from "@aiwatch/core/adapter";
import { clusterSuite, doorSuites } from "../suites.ts";
import { type About, type Asked, type End, end, type Outcome } from "./messages.ts";
import { runTest } from "./vitest.ts";

/** Runs the tests that it is asked for, one after another, on the core that an app finds here. */
const suites = [...doorSuites, clusterSuite];

async function outcomeOf({ title, name }: Asked): Promise<Outcome> {
  const tests = suites.find((suite) => suite.title === title)?.tests;
  const asked = tests?.find((test) => test.name === name);
  try {
    if (asked === undefined) throw new Error(`there is no "${name}" of ${title}`);
    await runTest(asked.test);
    return { passed: true };
  } catch (error) {
    return { passed: false, error: shown(error) };
  }
}

/** As vitest shows it, with both sides of a comparison. */
function shown(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { message: inspect(error) };
  const { name, message, stack = message } = error;
  const sides = Object.entries(error).filter(([key]) => key === "actual" || key === "expected");
  return {
    name,
    message,
    stack,
    ...Object.fromEntries(sides.map(([key, side]) => [key, inspect(side, { depth: 9 })])),
  };
}

/** The file that made it: what the resolver would say is not what runs, and a source map would tell of the source. */
function fileThatMade(make: () => Error): string {
  const { prepareStackTrace } = Error;
  try {
    Error.prepareStackTrace = (_, [site]) => site?.getFileName();
    return String(make().stack);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

const core = fileThatMade(() => invalidSetting("a setting", 0, "another"));
const about: About = { node: process.versions.node, core };
process.on("disconnect", () => process.exit());
process.on("message", async (asked: Asked | End) => {
  if (asked === end) process.exit();
  process.send?.(await outcomeOf(asked));
});
process.send?.(about);
