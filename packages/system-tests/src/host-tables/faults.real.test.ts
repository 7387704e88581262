import { describeFaults } from "./test-support/describe-table.ts";

/** Each fault on each host on one of the releases, in turn; all of it in the long tests. */
describeFaults({ majors: [20, 24], hosts: ["node:http", "Express 5", "Fastify"] });
