import { test } from "vitest";
import { expectSchedules } from "../test-support/schedules/expect-schedules.ts";

test("300 schedules of aborts, disposes, drops and crossing calls: each call ends once", () => expectSchedules(0, 300));
