import { it } from "vitest";
import { expectNothingLeft } from "./test-support/storm.ts";

it("thirty-two readers that come, read, take their time or nothing and go hold little, leave nothing, and hold up no shutdown", {
  timeout: 90_000,
}, async () => {
  await expectNothingLeft(32, 5, 1);
});
