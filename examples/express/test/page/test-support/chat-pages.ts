import { launchChromium } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect } from "vitest";
import { type Browser, ChatPage, type Look } from "./chat-page.ts";

/** A browser for the tests of a file or a block, with one chat at a time. */
export interface ChatPages {
  readonly browser: Browser;
  open(url: string, look?: Look): Promise<ChatPage>;
  /** Before its server, or the browser complains of that; and it is to have complained of nothing. */
  close(): Promise<void>;
}

export function chatPages(options?: Parameters<typeof launchChromium>[0]): ChatPages {
  let browser: Browser;
  let chat: ChatPage;

  beforeAll(async () => {
    browser = await launchChromium(options);
  });
  afterAll(() => browser.close());

  return {
    get browser() {
      return browser;
    },
    async open(url, look) {
      chat = await ChatPage.open(browser, url, look);
      return chat;
    },
    async close() {
      await chat.close();
      expect(chat.complaints).toEqual([]);
    },
  };
}
