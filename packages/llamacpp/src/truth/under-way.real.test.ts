import { test } from "vitest";
import { expectUnderWay } from "../test-support/under-way/expect-under-way.ts";

test("32 chats that are broken off are counted as they pass, and no counter falls", () => expectUnderWay(0, 32, 0));

test("and so they are in four processes", () => expectUnderWay(100, 32, 4));
