import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { npmInstall, toolFolder } from "@aiwatch/testkit";

/** The oldest releases of our range, what compresses, and what serves functions. */
const packages = [
  "express4-oldest@npm:express@4.18.0",
  "express5-oldest@npm:express@5.0.0",
  "fastify-oldest@npm:fastify@5.0.0",
  "compression@1.8.2",
  "serverless-http@4.0.0",
  "serverless-http-3@npm:serverless-http@3.2.0",
  "@codegenie/serverless-express@5.0.0",
  "@fastify/aws-lambda@6.4.1",
  "light-my-request@6.8.1",
];

/** Packages that the workspace does not have, in a folder that is kept. */
export async function guests(): Promise<Readonly<Record<string, string>>> {
  const folder = await toolFolder("host-guests-2", async (draft) => {
    await writeFile(join(draft, "package.json"), JSON.stringify({ private: true }));
    await npmInstall(draft, packages, "--legacy-peer-deps");
  });
  return { guests: folder };
}

/** The hosts that need them. */
export const guestHosts = [
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
] as const;
