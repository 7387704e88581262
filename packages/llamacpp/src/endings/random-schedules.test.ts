import { test } from "vitest";
import { expectSchedules } from "../test-support/schedules/expect-schedules.ts";

test(
  "whatever is aborted, disposed, dropped and crossed, in whatever order, ends once",
  () => expectSchedules(19, 10),
  60_000,
);
