import { test } from "vitest";
import { expectUnderWay } from "../test-support/under-way/expect-under-way.ts";

test("300 chats that are broken off are counted as they pass, and no counter falls", () => expectUnderWay(0, 300, 0));

test("and so they are in four processes", () => expectUnderWay(100, 300, 4));
