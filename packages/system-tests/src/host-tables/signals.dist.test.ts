import { describeTables } from "./test-support/describe-table.ts";

const moments = ["asked to stop under way", "asked to stop before"];

/** Each exchange at each moment on one of the releases, in turn; all of it in the long tests. */
describeTables({
  majors: [20, 24],
  hosts: moments.map((moment) => `node:http, ${moment}`),
});
