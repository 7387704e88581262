import { aiwatchExpress } from "@aiwatch/core/express";
import { liveStream } from "@aiwatch/core/live";
import { clientReports } from "@aiwatch/core/reports";
import express from "express";
import { chatHandler } from "./chat.js";
import { readBody } from "./chat-request.js";
import { allowOnly, answerErrors, notFound } from "./errors.js";
import { HttpError } from "./http-error.js";
import { pageFiles, pagePolicy } from "./page-files.js";
import { traceRoutes } from "./traces/index.js";

/**
 * @param {object} parts
 * @param {import("@aiwatch/core").Aiwatch} parts.aiwatch
 * @param {import("./chats.js").Chats} parts.chats
 * @param {import("./traces/index.js").Traces} parts.traces
 * @param {import("pino").Logger} parts.logger
 */
export function createApp({ aiwatch, chats, traces, logger }) {
  const app = express().disable("x-powered-by");

  // first of all, so that it sees every request from its beginning. The page reports what it saw, and reads the stream and the list of chats
  app.use(
    aiwatchExpress(aiwatch, {
      reports: clientReports(),
      live: liveStream(),
      routes: { chats: true },
      // this demo shows everybody all. In your app: who reads the chats? Strangers get times alone with `public: true`
      authorize: () => true,
    }),
  );

  app.route("/chat").post(readBody, chatHandler(chats)).all(allowOnly("POST"));
  for (const { path, answer } of traceRoutes(traces, "/")) {
    app.get(path, async (req, res) => {
      const { status, headers, body } = await answer({ url: req.originalUrl, accept: req.headers.accept });
      res.status(status).set(headers).send(body);
    });
  }
  servePage(app);

  app.use(notFound, answerErrors(logger));
  return app;
}

/** @param {import("express").Express} app */
function servePage(app) {
  const files = pageFiles();

  /**
   * @param {import("express").Response} res
   * @param {string} name
   */
  function send(res, name) {
    const file = files.get(name);
    if (file === undefined) throw new HttpError(404, "there is no such thing here");
    // packages may be installed below a folder with a dot
    res.sendFile(file, { dotfiles: "allow" });
  }

  app.get("/", (_req, res) => send(res.set("content-security-policy", pagePolicy), "index.html"));
  app.get("/page/:file", (req, res) => send(res, req.params.file));
}
