import { expect, it } from "vitest";
import { readGeneration } from "./metric-rows.ts";

it.each([
  [undefined, "released"],
  ["", "released"],
  ["http", "released"],
  ["http/dup,database", "released"],
  ["gen_ai_latest", "released"],
  ["gen_ai_latest_experimental", "latest"],
  ["http, gen_ai_latest_experimental ,database", "latest"],
])("with OTEL_SEMCONV_STABILITY_OPT_IN %j the names are the %s ones", (value, generation) => {
  expect(readGeneration({ OTEL_SEMCONV_STABILITY_OPT_IN: value })).toBe(generation);
});
