import { describe } from "vitest";
import { describeAnyOrder } from "./test-support/any-order.ts";

describe("a chat, in each of many orders of its events,", () => describeAnyOrder(50_000));
