import { expect, it } from "vitest";
import { runDyingApp } from "./test-support/run-dying-app.ts";

it.each([
  ["an exception", "uncaught exception"],
  ["a rejection", "unhandled rejection"],
])("%s that the app's own handler takes is no death, and no line calls it one", async (how, what) => {
  const { died, lines } = await runDyingApp(`handled: ${how}`);
  expect(died).toMatchObject({ stderr: "" });
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    ["info", "held back"],
    ["fatal", `${what}, handed to the app's own handler`],
    ["fatal", "alive"],
  ]);
});
