import { expect, it } from "vitest";
import { browserBundle } from "../test-support/browser-bundle.ts";

it("the summary's schema is bundled for browsers, with nothing of Node, and of our modules with the closed lists alone", async () => {
  const { imports, code } = await browserBundle(new URL("schema.ts", import.meta.url));
  expect(imports).toMatchObject([{ path: expect.stringMatching(/\/catalogue\/values\.ts$/) }]);
  expect(code).toContain("answered");
});
