import { describeFaults } from "./test-support/describe-table.ts";

describeFaults({ majors: [20, 24], hosts: ["node:http", "Express 5", "Fastify"] });
