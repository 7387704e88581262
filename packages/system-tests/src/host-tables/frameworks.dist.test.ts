import { describeTables } from "./test-support/describe-table.ts";

/** Each exchange on each host on one of the releases, in turn; all of it in the long tests. */
describeTables({
  majors: [20, 24],
  hosts: ["Express 5", "Express 4", "Fastify", "Fastify on HTTP/2", "Hono", "Hono on HTTP/2"],
});
