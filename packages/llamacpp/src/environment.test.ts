import { variablesReadIn, variablesTabledIn } from "@aiwatch/testkit";
import { expect, it } from "vitest";

it("reads nothing from the environment but node-llama-cpp's own flag, and lists nothing", async () => {
  expect(await variablesReadIn(new URL("./", import.meta.url))).toEqual(["TEST_BINDING_CP"]);
  expect(await variablesTabledIn(new URL("../README.md", import.meta.url))).toEqual([]);
});
