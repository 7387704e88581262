import { describeWithTool, type RunningLlamaServer } from "@aiwatch/testkit";
import { afterEach, expect, test } from "vitest";
import type { Demo } from "../support/demo.ts";
import { scrape } from "../support/metrics.ts";
import type { ChatPage } from "./test-support/chat-page.ts";
import { chatPages } from "./test-support/chat-pages.ts";
import { startDemoOn, startTinyServer } from "./test-support/model-stages.ts";

const patience = { timeout: 15_000 };

describeWithTool(["chromium", "llama-server"], "a chat on a real llama-server", () => {
  const pages = chatPages();
  let server: RunningLlamaServer;
  let demo: Demo;
  let chat: ChatPage;

  afterEach(async () => {
    await pages.close();
    await demo.process.stop();
    await server.close();
  });

  async function open(speech: "short" | "endless") {
    server = await startTinyServer(speech);
    demo = await startDemoOn(server);
    chat = await pages.open(demo.url);
  }

  const get = async (url: string) => (await fetch(url)).json();
  const readiness = async () => (await fetch(`${demo.url}/readiness`)).status;

  test("typed in the page, is shown the same by its receipt, the metrics, the summary and the trace", async () => {
    await open("short");
    await chat.send("How does a local model answer?");
    await chat.bar(0).waitFor();

    const metrics = await scrape(demo.url);
    const [input = 0, output = 0] = ["input", "output"].map((direction) =>
      metrics.value("genai_app_chat_tokens_total", { model: "tiny-chat", direction }),
    );
    const { text: servers } = await scrape(server.url);
    expect(output).toBe(Number(/^llamacpp:tokens_predicted_total (\d+)$/m.exec(servers)?.[1]));
    expect(metrics.value("genai_app_llamacpp_server_output_tokens_total")).toBe(output);
    expect(metrics.value("genai_app_model_server_up")).toBe(1);
    expect(metrics.value("genai_app_inferences_total", { model: "tiny-chat", finish_reason: "stop" })).toBe(1);
    expect(metrics.value("genai_app_inferences_total")).toBe(1);
    expect(metrics.value("genai_app_request_first_token_seconds_count")).toBe(1);

    const receipt = await chat.receipt(0).locator(".facts").textContent();
    expect(receipt).toMatch(new RegExp(`[\\d,.]+ tokens/s.* ${output} tokens .*${input} in the prompt`));
    expect(await get(`${demo.url}/metrics/summary`)).toMatchObject({
      tokensGenerated: output,
      tokensProcessed: input,
      inferences: { stop: 1, aborted: 0, error: 0 },
    });

    const traceId = await chat.traceId(0);
    const { spans } = await get(`${demo.url}/traces/${traceId}`);
    const [request] = spans.filter(({ kind }: { kind: string }) => kind === "server");
    const inferences = spans.filter(({ name }: { name: string }) => name === "chat tiny-chat");
    expect(inferences).toMatchObject([
      {
        kind: "client",
        parentSpanId: request.spanId,
        attributes: {
          "gen_ai.provider.name": "llama.cpp",
          "gen_ai.usage.output_tokens": output,
          "server.address": "127.0.0.1",
          "server.port": server.port,
        },
      },
    ]);
  });

  test("stopped in the page, frees the server's slot, and is one aborted inference", async () => {
    await open("endless");
    chat.failuresExpected = true;
    await chat.send("Why do many users wait?");
    await chat.begun(0);
    await chat.page.keyboard.press("Escape");
    await chat
      .receipt(0)
      .getByText(/^stopped after/)
      .waitFor();
    const busy = async () =>
      (await get(`${server.url}/slots`)).filter((slot: { is_processing: boolean }) => slot.is_processing);
    await expect.poll(busy, patience).toEqual([]);
    await demo.process.waitForLine(/"finishReason":"aborted"/);
    const metrics = await scrape(demo.url);
    expect(metrics.value("genai_app_inferences_total", { finish_reason: "aborted" })).toBe(1);
    expect(metrics.value("genai_app_inferences_total")).toBe(1);
    expect(metrics.value("genai_app_errors_total")).toBe(0);
  });

  test("whose server is killed in mid-answer breaks off, and so is it counted; the next server takes over", async () => {
    await open("endless");
    chat.failuresExpected = true;
    await chat.send("Why do many users wait?");
    await chat.begun(0);
    await server.kill();
    await chat.page.getByRole("alert").getByText("The answer broke off: the connection broke.").waitFor();
    await demo.process.waitForLine(/"finishReason":"error"/);
    const metrics = await scrape(demo.url);
    expect(metrics.value("genai_app_inferences_total", { finish_reason: "error" })).toBe(1);
    expect(metrics.value("genai_app_errors_total", { operation: "inference" })).toBe(1);
    await expect.poll(readiness, patience).toBe(503);
    expect((await scrape(demo.url)).value("genai_app_model_server_up")).toBe(0);

    await chat.send("Are you there?");
    await chat.page.getByText("The model server cannot be reached").waitFor();
    const again = chat.answer(1).getByRole("button", { name: "Ask again" });

    server = await startTinyServer("short", server.port);
    await expect.poll(readiness, patience).toBe(200);
    await again.and(chat.page.locator("[aria-disabled=false]")).click();
    await chat.bar(1).waitFor();
    expect((await scrape(demo.url)).value("genai_app_inferences_total", { finish_reason: "stop" })).toBe(1);
  });
});
