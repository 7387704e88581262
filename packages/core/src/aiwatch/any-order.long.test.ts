import { describe } from "vitest";
import { describeAnyOrder } from "./test-support/any-order.ts";

describe("in each of many orders of requests, entries into a line and inferences,", () => describeAnyOrder(50_000));
