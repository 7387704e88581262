import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Browser, ChatPage } from "./test-support/chat-page.ts";
import { type ScriptedDemo, startScriptedDemo } from "./test-support/scripted-demo.ts";

describeWithTool("chromium", "the chat page over hundreds of answers", () => {
  let browser: Browser;
  let demo: ScriptedDemo;
  let chat: ChatPage;

  beforeAll(async () => {
    browser = await launchChromium();
    demo = await startScriptedDemo();
    chat = await ChatPage.open(browser, demo.url);
  });
  afterAll(async () => {
    await chat.close();
    await browser.close();
    await demo.close();
  });

  test("neither grows nor leaks", async () => {
    demo.play = async ({ inference, say }) => {
      inference.evaluationBegun();
      for (let token = 0; token < 200; token += 1) say("token ");
    };
    const session = await chat.page.context().newCDPSession(chat.page);
    await session.send("Performance.enable");
    const measure = async () => {
      await session.send("HeapProfiler.collectGarbage");
      const { metrics } = await session.send("Performance.getMetrics");
      const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
      return { nodes: of("Nodes"), listeners: of("JSEventListeners"), heap: of("JSHeapUsedSize") };
    };
    const answer = async (times: number) => {
      for (let at = 0; at < times; at += 1) {
        await chat.send(`message ${at}`);
        await chat.page.locator("article.answer:last-child .receipt").waitFor();
      }
      // the page keeps fifty answers, and the server has told its part of each
      await expect.poll(() => chat.page.locator(".receipt [role=img]").count(), { timeout: 60_000 }).toBe(50);
    };
    // until the page has as many as it keeps. V8 compiles on, and Chromium's lists of performance entries fill, for 600 more: some 350 kB, none of it an
    // answer's. The text alone of those 500, if it were kept, is 600 kB
    await answer(150);
    const warm = await measure();
    await answer(500);
    const seen = await measure();
    console.info(`after 150 answers ${JSON.stringify(warm)}, after 650 ${JSON.stringify(seen)}`);
    await expect
      .poll(async () => {
        const { listeners, nodes, heap } = await measure();
        return {
          listenersOver: Math.max(0, listeners - warm.listeners - 5),
          nodesOver: Math.max(0, nodes - warm.nodes - 300),
          bytesOver: Math.max(0, heap - warm.heap - 500_000),
        };
      })
      .toEqual({ listenersOver: 0, nodesOver: 0, bytesOver: 0 });
    expect(chat.complaints).toEqual([]);
  });
});
