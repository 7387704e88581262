/** An app of one's own, given Hono by whoever loaded it: a page, a chat as events, a body, an error and a sub-app. It asks itself, and tells. */
const { once } = require("node:events");

exports.runOwnApp = async function runOwnApp({
  createTestAiwatch,
  aiwatchHono,
  currentRequest,
  Hono,
  streamSSE,
  serve,
}) {
  const { aiwatch, requests, sample, diagnostics } = createTestAiwatch();
  const users = new Hono();
  users.get("/:id", (c) => c.json({ id: c.req.param("id"), requestId: currentRequest()?.requestId }));
  const app = new Hono();
  app.use(aiwatchHono(aiwatch, { userOf: (c) => c.get("user") }));
  app.use(async (c, next) => {
    c.set("user", "ada");
    await next();
  });
  app.onError((_error, c) => c.text("failed", 500));
  app.route("/users", users);
  app.get("/broken", () => {
    throw new Error("own");
  });
  app.post("/echo", async (c) => c.text(await c.req.text()));
  app.get("/chat", (c) =>
    streamSSE(c, async (events) => {
      const inference = aiwatch.startInference({ model: "tiny", operation: "chat" });
      for (const data of ["one", "two"]) {
        inference.token();
        await events.writeSSE({ data });
      }
      inference.end({ unified: "stop" });
    }),
  );
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  if (!server.listening) await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  const answers = [];
  const ask = async (path, options) => {
    const response = await fetch(url + path, { headers: { "x-request-id": "the-id" }, ...options });
    answers.push([response.status, response.headers.get("x-request-id"), (await response.text()).slice(0, 80)]);
  };
  await ask("/users/7");
  await ask("/broken");
  await ask("/echo", { method: "POST", body: "some" });
  await ask("/chat");
  await ask("/nowhere");
  await ask("/livez");
  await new Promise((resolve) => server.close(resolve));
  const counted = requests.map(({ route, status, user, chat, own }) => [route, status, user, chat, own]);
  const active = await sample("genai_app_active_requests");
  const chats = await sample("genai_app_inferences_total", { model: "tiny", operation: "chat", finish_reason: "stop" });
  process.stdout.write(JSON.stringify({ answers, counted, active, chats, faults: diagnostics.length }));
};
