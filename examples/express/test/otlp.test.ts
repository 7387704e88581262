import { copyFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OtlpReceiver, otlpReceiver } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { beforeEach, expect, test } from "vitest";
import { postChat } from "./support/chat.ts";
import { startDemo } from "./support/demo.ts";
import { scrape } from "./support/metrics.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parentSpanId = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${parentSpanId}-01`;
let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await otlpReceiver();
  return () => receiver.close();
});

test("the trace arrives at OTLP_ENDPOINT: the inference under the request, under the caller's span", async () => {
  const { url, process } = await startDemo({ OTLP_ENDPOINT: receiver.endpoint });
  const answer = await postChat(url, { message: "how are you" }, { headers: { traceparent } });
  await answer.text();
  // what is held back is delivered before the end
  expect(await process.stop()).toEqual({ code: 0, signal: null });

  const spans = receiver.spans().filter((span) => span.traceId === traceId);
  const request = spans.find(({ name }) => name === "POST /chat");
  const inference = spans.find(({ name }) => name === "chat tiny-chat");
  expect(request).toMatchObject({
    kind: "server",
    parentSpanId,
    attributes: { "http.route": "/chat", "http.request.method": "POST", "http.response.status_code": 200 },
    resource: { "service.name": "chat-example" },
  });
  expect(inference).toMatchObject({
    kind: "internal",
    parentSpanId: request?.spanId,
    status: { code: "unset" },
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "llama.cpp",
      "gen_ai.request.model": "tiny-chat",
      "gen_ai.request.temperature": 0.8,
      "gen_ai.request.seed": 7,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": expect.any(Number),
      "gen_ai.usage.output_tokens": expect.any(Number),
    },
  });
});

test("a secret is told to nobody, wherever it was", async () => {
  const canary = "canary-77e1c0";
  const folder = await mkdtemp(join(tmpdir(), `${canary}-`));
  const modelPath = join(folder, "model.gguf");
  await copyFile(await ensureTinyModel(), modelPath);
  const { url, process } = await startDemo({
    LOG_LEVEL: "trace",
    MODEL_PATH: modelPath,
    OTLP_ENDPOINT: `http://user:${canary}@${receiver.endpoint}`,
    OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${canary}`,
  });
  const headers = { traceparent, authorization: `Bearer ${canary}`, cookie: `session=${canary}`, "x-api-key": canary };
  const conversation = [
    { role: "user", content: canary },
    { role: "assistant", content: canary },
  ];
  const answers = [
    await postChat(`${url}`, { message: `my password is ${canary}`, messages: conversation }, { headers }),
    await postChat(url, `{"message":"${canary}`, { headers }),
    await postChat(url, { message: { text: canary } }, { headers }),
    await fetch(`${url}/chat?key=${canary}`, { headers }),
    await fetch(`${url}/metrics/summary?key=${canary}`, { headers }),
  ];
  const refusals = await Promise.all(answers.slice(1).map((answer) => answer.text()));
  await answers[0]?.text();
  const { text: metrics } = await scrape(url);
  const reports = await Promise.all(
    ["/metrics/summary", "/health", "/readiness", `/traces/${traceId}`].map(async (path) =>
      (await fetch(url + path)).text(),
    ),
  );
  await process.stop();

  const spans = JSON.stringify(receiver.spans(), (_key, value) => (typeof value === "bigint" ? `${value}` : value));
  expect(spans).toContain("chat tiny-chat");
  for (const told of [...process.stdout, ...process.stderr, metrics, ...reports, ...refusals, spans]) {
    expect(told).not.toContain(canary);
  }
});
