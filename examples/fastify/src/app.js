import { aiwatchFastify } from "@aiwatch/core/fastify";
import { liveStream } from "@aiwatch/core/live";
import { clientReports } from "@aiwatch/core/reports";
import Fastify from "fastify";
import { traceRoutes } from "../../express/src/traces/index.js";
import { answerErrors } from "./errors.js";
import { servePage } from "./page.js";

/** What `POST /chat` takes. Fastify's refusals name the field and do not quote it. */
const chatSchema = {
  body: {
    type: "object",
    required: ["message"],
    properties: {
      message: { type: "string", minLength: 1 },
      messages: {
        type: "array",
        maxItems: 1000,
        items: {
          type: "object",
          required: ["role", "content"],
          properties: { role: { enum: ["user", "assistant", "system"] }, content: { type: "string" } },
        },
      },
    },
  },
};

/**
 * @param {object} parts
 * @param {import("@aiwatch/core").Aiwatch} parts.aiwatch
 * @param {Pick<import("./chat.js").Chat, "answer">} parts.chat
 * @param {import("../../express/src/traces/index.js").Traces} parts.traces
 * @param {import("pino").Logger} parts.logger
 */
export async function createApp({ aiwatch, chat, traces, logger }) {
  // AIWatch writes a line for each request. Give Fastify a logger, and it writes its own, with AIWatch's ids in them
  const app = Fastify({ ajv: { customOptions: { coerceTypes: false } } });

  // first of all, so that it sees every request from its beginning. The page reports what it saw, and reads the stream and the list of chats
  await app.register(aiwatchFastify, {
    aiwatch,
    reports: clientReports(),
    live: liveStream(),
    routes: { chats: true },
    // this demo shows everybody all. In your app: who reads the chats? Strangers get times alone with `public: true`
    authorize: () => true,
  });

  app.setErrorHandler(answerErrors(logger));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "there is no such thing here" }));

  app.post("/chat", { schema: chatSchema }, (request, reply) => {
    const body = /** @type {import("./chat.js").ChatRequest} */ (request.body);
    // not `no-store`: of such an answer Chromium says that it was cancelled, though it came whole.
    // Fastify destroys the stream when the client leaves, answers 500 where it fails at once, and cuts the connection where it fails later
    return reply.type("text/plain; charset=utf-8").header("cache-control", "private, no-cache").send(chat.answer(body));
  });
  servePage(app);

  for (const { path, answer } of traceRoutes(traces, "/")) {
    app.get(path, async (request, reply) => {
      const { status, headers, body } = await answer({ url: request.url, accept: request.headers.accept });
      return reply.code(status).headers(headers).send(body);
    });
  }

  return app;
}
