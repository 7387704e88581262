import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { pageFiles, pagePolicy } from "../../express/src/page-files.js";

/** @type {Readonly<Record<string, string>>} */
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * The page of the Express demo: both examples have one.
 *
 * @param {import("fastify").FastifyInstance} app
 */
export function servePage(app) {
  const files = pageFiles();

  /**
   * @param {import("fastify").FastifyReply} reply
   * @param {string} name
   */
  async function send(reply, name) {
    const file = files.get(name);
    if (file === undefined) {
      reply.callNotFound();
      return reply;
    }
    const type = types[extname(file)] ?? "application/octet-stream";
    return reply
      .type(type)
      .header("cache-control", "no-cache")
      .send(await readFile(file));
  }

  app.get("/", (_request, reply) => send(reply.header("content-security-policy", pagePolicy), "index.html"));
  app.get("/page/:file", (request, reply) => send(reply, /** @type {{ file: string }} */ (request.params).file));
}
