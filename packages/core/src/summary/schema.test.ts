import { expect, it } from "vitest";
import { browserBundle } from "../test-support/browser-bundle.ts";

it("the summary's schema is bundled for browsers, with nothing of Node and no other module of ours", async () => {
  const { imports, code } = await browserBundle(new URL("schema.ts", import.meta.url));
  expect(imports).toEqual([]);
  expect(code).toContain("answered");
});
