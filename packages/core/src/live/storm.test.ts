import { it } from "vitest";
import { expectNothingLeft } from "./test-support/storm.ts";

it("thirty readers that come, read, take nothing and go hold little, and leave nothing", {
  timeout: 60_000,
}, async () => {
  await expectNothingLeft(30, 6, 1);
});
