import { expect, test } from "vitest";
import { describeClients, table } from "./test-support/describe-clients.ts";
import { slugOf } from "./test-support/play-endings.ts";

test("the table has endings enough, each with a name of its own", () => {
  expect(table.length).toBeGreaterThan(30);
  expect(new Set(table.map(slugOf)).size).toBe(table.length);
});

/** Each client plays every other ending, in turn; all of them in the long tests. */
describeClients([20, 24]);
