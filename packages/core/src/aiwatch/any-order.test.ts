import { describe } from "vitest";
import { describeAnyOrder } from "./test-support/any-order.ts";

describe("in whatever order requests, entries into a line and inferences begin and end,", () => describeAnyOrder(5000));
