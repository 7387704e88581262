import { describe } from "vitest";
import { describeAnyOrder } from "./test-support/any-order.ts";

describe("a chat, in whatever order its events come,", () => describeAnyOrder(5000));
