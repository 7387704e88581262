import { fileURLToPath } from "node:url";
import { aiwatchExpress } from "@aiwatch/core/express";
import { clientReports } from "@aiwatch/core/reports";
import express from "express";
import { chatHandler } from "./chat.js";
import { readBody } from "./chat-request.js";
import { allowOnly, answerErrors, notFound } from "./errors.js";
import { traceRoutes } from "./traces/index.js";

const pageFolder = fileURLToPath(new URL("page", import.meta.url));

/** Nothing from elsewhere, and nobody may frame the page. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * @param {object} parts
 * @param {import("@aiwatch/core").Aiwatch} parts.aiwatch
 * @param {import("./chats.js").Chats} parts.chats
 * @param {import("./traces/index.js").Traces} parts.traces
 * @param {import("pino").Logger} parts.logger
 */
export function createApp({ aiwatch, chats, traces, logger }) {
  const app = express().disable("x-powered-by");

  // First of all, so that it sees every request from its beginning. The two doors for what browsers measured are opened here.
  app.use(aiwatchExpress(aiwatch, { reports: clientReports() }));

  app.route("/chat").post(readBody, chatHandler(chats)).all(allowOnly("POST"));
  for (const { path, answer } of traceRoutes(traces, "/")) {
    app.get(path, async (req, res) => {
      const { status, headers, body } = await answer({ url: req.originalUrl, accept: req.headers.accept });
      res.status(status).set(headers).send(body);
    });
  }

  app.get("/", (_req, res) => {
    res.set("content-security-policy", pagePolicy).sendFile("index.html", { root: pageFolder });
  });
  app.get("/page/:file", (req, res) => res.sendFile(req.params.file, { root: pageFolder }));

  app.use(notFound, answerErrors(logger));
  return app;
}
