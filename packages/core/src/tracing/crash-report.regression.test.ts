import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { expect, it } from "vitest";

const app = fileURLToPath(new URL("./test-support/crashing-app.ts", import.meta.url));
const flags = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning"];

/** What Node shows first: the place that threw, and its line. The frames below are those of whoever called. */
async function shownBy(place: string, how: "bare" | "observed") {
  const { code, stderr } = await runToEnd(process.execPath, [...flags, app, place, how]);
  return { code, shown: stderr.trimStart().split("\n").slice(0, 3) };
}

it.each([
  "a request",
  "a request, of a text",
  "a request's body",
  "an inference",
  "a tool",
  "an inference inside another",
  "a timer",
])("a crash in %s shows the app's own line, as bare", async (place) => {
  const [bare, observed] = await Promise.all([shownBy(place, "bare"), shownBy(place, "observed")]);
  expect(observed).toEqual(bare);
  expect(bare.shown[0]).toContain("crashing-app.ts:");
  expect(bare.shown[1]).toMatch(/^ +(if .*)?throw /);
});
