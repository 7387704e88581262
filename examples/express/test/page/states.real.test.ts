import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Browser, ChatPage } from "./test-support/chat-page.ts";
import { type ScriptedDemo, startScriptedDemo } from "./test-support/scripted-demo.ts";
import { walkStates } from "./test-support/states.ts";

describeWithTool("chromium", "the chat page in each of its states", () => {
  let browser: Browser;
  let demo: ScriptedDemo;
  let chat: ChatPage;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await chat.close();
    await demo.close();
    expect(chat.complaints).toEqual([]);
  });

  test.each([
    ["a phone", { width: 380, height: 780 }],
    ["a wide screen", { width: 1440, height: 900 }],
  ])("on %s: axe has nothing against it, light or dark, and nothing is beside the screen", async (_name, viewport) => {
    demo = await startScriptedDemo();
    chat = await ChatPage.open(browser, demo.url, { viewport, reducedMotion: "reduce" });
    const faults: string[] = [];
    await walkStates(chat, demo, async (state) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await chat.page.emulateMedia({ colorScheme });
        for (const violation of await chat.violations()) faults.push(`${state}, ${colorScheme}: ${violation}`);
      }
      const tooWide = await chat.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      if (tooWide) faults.push(`${state}: wider than the screen`);
    });
    expect(faults).toEqual([]);
  });
});
