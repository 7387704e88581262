import { fakeClock } from "@aiwatch/core/testing";
import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { count, duration } from "../../src/page/figures.js";
import { postChat, stream } from "../support/chat.ts";
import { scrape } from "../support/metrics.ts";
import { type Browser, ChatPage } from "./test-support/chat-page.ts";
import { Gate, type ScriptedDemo, startScriptedDemo } from "./test-support/scripted-demo.ts";

const patience = { timeout: 20_000 };

describeWithTool("chromium", "the panel's numbers", () => {
  const clock = fakeClock(1_000_000);
  let browser: Browser;
  let demo: ScriptedDemo;
  let chat: ChatPage;

  beforeAll(async () => {
    browser = await launchChromium();
    demo = await startScriptedDemo(clock);
    chat = await ChatPage.open(browser, demo.url);
  });
  afterAll(async () => {
    await chat.close();
    await browser.close();
    await demo.close();
  });

  /** Each number as the panel shows it. */
  async function shown() {
    const panel = chat.page.locator("aiwatch-panel");
    const text = async (place: string, hasText?: string) =>
      (
        await panel
          .locator(place, hasText ? { hasText } : {})
          .first()
          .innerText()
      )
        .replaceAll(/\s+/g, " ")
        .trim();
    const tile = async (name: string) =>
      [
        await text(`.tile:has(dt:text-is("${name}")) .value`),
        await text(`.tile:has(dt:text-is("${name}")) .sub`),
      ] as const;
    return {
      firstToken: await tile("first token"),
      speed: (await tile("speed"))[0],
      line: await tile("in line"),
      failed: (await tile("failed"))[0],
      now: await text(".lanes .section:first-child :is(h3 span:last-child, .nobody):visible:not(:empty)"),
      goal: await text(".objectives .goal"),
      measured: await panel.locator(".objectives .figure").allInnerTexts(),
      facts: await text(".facts"),
    };
  }

  /** The same numbers out of `/metrics`. */
  async function exposed() {
    const metrics = await scrape(demo.url);
    const value = (name: string, labels: Record<string, string> = {}) =>
      metrics.value(`genai_app_${name}`, labels) ?? Number.NaN;
    const mean = (name: string) => value(`${name}_sum`) / value(`${name}_count`);
    const chats = (labels = {}) => value("http_requests_total", { endpoint: "/chat", ...labels });
    const first = duration(mean("request_first_token_seconds") * 1000);
    return {
      // of one answer the median is all of it
      firstToken: [`${first} median`, `95 of 100 within ${first}`],
      speed: `${count(1 / mean("time_per_output_token_seconds"), 1)} tokens/s`,
      line: [
        String(value("admission_waiting") + value("queued_inferences")),
        `95 of 100 wait up to ${duration(mean("queue_seconds") * 1000)}`,
      ],
      failed: `${chats({ status: "500" })} of ${chats()}`,
      now: value("active_inferences") === 0 ? "Nobody is being answered." : `${value("active_inferences")} answering`,
      measured: [first, `median ${duration(mean("time_per_output_token_seconds") * 1000)}`],
      goal: `goal 95 of 100 within ${duration(value("slo_objective_seconds", { objective: "request_first_token" }) * 1000)}`,
      facts: expect.stringContaining(
        `${count(value("model_memory_bytes") / 2 ** 20)} MiB context ${count(value("llamacpp_context_size"))} ${value("llamacpp_threads_used")} thread`,
      ),
    };
  }

  test("are those of /metrics in the same state, while the clock stands still", async () => {
    // one fails before its first token; one waits 20 ms for the engine, reads for 104, and writes ten more tokens in half a second
    demo.play = async () => {
      throw new Error("no token");
    };
    expect((await postChat(demo.url, { message: "x" })).status).toBe(500);
    demo.play = async ({ inference, say }) => {
      clock.advance(20);
      inference.evaluationBegun();
      inference.promptTokens(16);
      clock.advance(104);
      for (let token = 0; token < 11; token += 1) {
        if (token > 0) clock.advance(50);
        say("word ");
      }
    };
    await stream(demo.url, { message: "y" }).text;
    await expect.poll(shown, patience).toEqual(await exposed());

    // two have come to their prompt, and three are in line: nothing more is measured yet
    const held = new Gate();
    demo.play = async ({ inference, signal }) => {
      inference.evaluationBegun();
      await held.pass(signal);
    };
    const going = Array.from({ length: 5 }, () => stream(demo.url, { message: "z" }));
    await expect.poll(async () => (await shown()).line[0], patience).toBe("3");
    const { line, now, ...others } = await exposed();
    expect(await shown()).toMatchObject({ now: "2 answering" });
    expect({ line: line[0], now }).toEqual({ line: "3", now: "2 answering" });
    expect(others.failed).toBe((await shown()).failed);
    for (const each of going) each.abort();
  });
});
