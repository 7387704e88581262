import { describeTables } from "./test-support/describe-table.ts";
import { guests } from "./test-support/guests.ts";

describeTables({
  majors: [20, 24],
  folders: guests,
  hosts: [
    "Express 4.18.0",
    "Express 5.0.0",
    "Fastify 5.0.0",
    "Fastify 5.0.0 on HTTP/2",
    "Express 5 behind compression",
    "Express 5 before compression",
    "serverless-http of node:http",
    "serverless-http 3 of node:http",
    "serverless-http of Express 5",
    "serverless-express of Express 5",
    "aws-lambda of Fastify",
    "light-my-request of node:http",
  ],
});
