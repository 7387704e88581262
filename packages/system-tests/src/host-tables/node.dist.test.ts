import { describeTables } from "./test-support/describe-table.ts";

describeTables({ majors: [20, 24], hosts: ["node:http", "node:http2"] });
