import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { expect, test } from "vitest";
import { ChatPage } from "../../express/test/page/test-support/chat-page.ts";
import { startExample } from "./support/example.ts";

describeWithTool("chromium", "the page on the Fastify example", () => {
  test("shows an answer, its receipt and the panel, which finds the reader's own chat", async () => {
    const [browser, example] = await Promise.all([launchChromium(), startExample()]);
    const chat = await ChatPage.open(browser, example.url);
    try {
      await chat.badge.getByText("ready").waitFor();
      await chat.send("How does a local model answer?");
      await chat.bar(0).waitFor();
      expect(await chat.receipt(0).locator(".facts").textContent()).toMatch(
        /as you saw it .*\d+ tokens .*in the prompt/,
      );
      await chat.page
        .locator("aiwatch-panel li.mine")
        .getByText(/^answered/)
        .waitFor();
      // it says why before it is gone
      await example.process.stop();
      await chat.badge.getByText(/shutting down|out of reach/).waitFor();
    } finally {
      chat.failuresExpected = true;
      await chat.close();
      await example.process.stop();
      await browser.close();
    }
    expect(chat.complaints).toEqual([]);
  });
});
