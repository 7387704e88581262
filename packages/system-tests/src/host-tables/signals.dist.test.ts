import { describeTables } from "./test-support/describe-table.ts";

const moments = ["asked to stop under way", "asked to stop before"];

describeTables({
  majors: [20, 24],
  hosts: moments.map((moment) => `node:http, ${moment}`),
});
