/**
 * A chat behind all three doors, given its packages by whoever loaded them, in whichever format. It tells where it listens and, on SIGTERM,
 * closes everything and leaves it to Node to find that nothing is left to do.
 */
const { createServer } = require("node:http");

const prompt = "Tell me about the local model";

exports.serveChat = async function serveChat({
  aiwatch,
  tracing,
  doors,
  instrumentModel,
  createLogger,
  engine,
  express,
  fastify,
}) {
  const llama = await engine.getLlama({ gpu: false, build: "never", maxThreads: 1 });
  const model = await llama.loadModel({ modelPath: process.env.MODEL_PATH });
  const context = await model.createContext({ contextSize: 512, threads: 1 });
  const session = new engine.LlamaChatSession({ contextSequence: context.getSequence() });
  const chat = instrumentModel(session, { aiwatch });
  const answer = () => chat.prompt(prompt, { maxTokens: 6 });

  const app = express();
  app.use(doors.aiwatchExpress(aiwatch));
  app.post("/express/:id", async (_req, res) => res.send(await answer()));
  const onExpress = createServer(app);

  const plugins = fastify();
  await plugins.register(doors.aiwatchFastify, { aiwatch });
  plugins.post("/fastify/:id", answer);

  const listener = async (_req, res) => res.end(await answer());
  const onNode = createServer(doors.aiwatchNode(listener, aiwatch, { routeOf: () => "/node/:id" }));

  const urls = {
    express: await listen(onExpress),
    fastify: await plugins.listen({ host: "127.0.0.1", port: 0 }),
    node: await listen(onNode),
  };
  process.once("SIGTERM", async () => {
    await Promise.all([close(onExpress), plugins.close(), close(onNode)]);
    await aiwatch.close();
    await llama.dispose();
    createLogger().info("closed");
  });
  createLogger().info({ urls, whyTracingIsOff: tracing?.reason }, "listening");
};

function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}

function close(server) {
  server.closeIdleConnections();
  return new Promise((resolve) => server.close(resolve));
}
