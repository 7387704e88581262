import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { bundledPanel } from "./test-support/panel-server.ts";

it("weighs 14 kB at most, minified and compressed", async () => {
  const bytes = gzipSync(await bundledPanel(), { level: 9 }).length;
  expect(bytes).toBeLessThanOrEqual(14_000);
  expect(bytes).toBeGreaterThan(4000);
});

it("is imported in Node without harm, and defines nothing there", async () => {
  expect(globalThis.customElements).toBeUndefined();
  const { AiwatchPanel } = await import("./index.ts");
  expect(AiwatchPanel).toBeTypeOf("function");
});
