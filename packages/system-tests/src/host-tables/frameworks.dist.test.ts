import { describeTables } from "./test-support/describe-table.ts";

describeTables({
  majors: [20, 24],
  hosts: ["Express 5", "Express 4", "Fastify", "Fastify on HTTP/2", "Hono", "Hono on HTTP/2"],
});
