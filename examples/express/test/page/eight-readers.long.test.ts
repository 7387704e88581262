import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stream } from "../support/chat.ts";
import { type Demo, startDemo } from "../support/demo.ts";
import { type Browser, ChatPage } from "./test-support/chat-page.ts";
import { followReader, readerSaw } from "./test-support/readers-clock.ts";

const [readers, rounds, sequences] = [8, 3, 2];
const patience = { timeout: 280_000 };

describeWithTool("chromium", "eight readers on two sequences", () => {
  let browser: Browser;
  let demo: Demo;
  let chats: ChatPage[];

  beforeAll(async () => {
    browser = await launchChromium();
    // answers of some seconds, so that a line forms
    demo = await startDemo({
      MODEL_PATH: await ensureTinyModel({ sentences: 20, feedForward: 131_072 }),
      SEED: undefined,
    });
    chats = await Promise.all(Array.from({ length: readers }, () => ChatPage.open(browser, demo.url)));
    await Promise.all(chats.map(({ page }) => followReader(page)));
  });
  afterAll(async () => {
    await Promise.all(chats.map((chat) => chat.close()));
    await browser.close();
    await demo.process.stop();
  });

  /** The place in line that a page says to its reader, and the one that the panel has at the reader's own chat. */
  const placesOf = async ({ page }: ChatPage) => {
    const wait = (await page.locator(".wait").allTextContents()).join();
    const mine = (await page.locator("aiwatch-panel li.mine").allTextContents()).join();
    const said = /you are next/.test(wait) ? 1 : Number(/(\d+) before you/.exec(wait)?.[1] ?? Number.NaN) + 1;
    return [said, Number(/place (\d+)/.exec(mine)?.[1] ?? Number.NaN)] as const;
  };

  test("each is told its own place, and its receipt adds up to what its own clock says", async () => {
    const off: number[] = [];
    const outside: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // both sequences speak to others, so that all eight stand in line at one time
      const others = Array.from({ length: sequences }, () => stream(demo.url, { message: "hi" }));
      await Promise.all(others.map(({ begun }) => begun));
      for (const chat of chats) await chat.send("Why do many users wait?");
      const places = chats.map((_, at) => [at + 1, at + 1]);
      await expect.poll(() => Promise.all(chats.map(placesOf)), patience).toEqual(places);
      for (const other of others) other.abort();
      for (const chat of chats) {
        await chat.bar(round).waitFor(patience);
        const { totalMs, firstTextMs } = await readerSaw(chat.page, round);
        const pieces = await chat.bar(round).evaluate((bar) =>
          [...bar.children].map((piece) => ({
            isOutside: piece.classList.contains("outside"),
            ms: Number((piece as HTMLElement).style.flexGrow),
          })),
        );
        off.push(Math.abs(pieces.reduce((sum, { ms }) => sum + ms, 0) - totalMs));
        outside.push(pieces.reduce((sum, { ms, isOutside }) => sum + (isOutside ? ms : 0), 0));
        expect(firstTextMs).toBeLessThanOrEqual(totalMs);
      }
    }
    const [agreement, ways] = [spread(off), spread(outside)];
    console.info(
      `receipts against the readers' clocks: ${JSON.stringify(agreement)}; page and network: ${JSON.stringify(ways)}`,
    );
    expect(agreement.p50).toBeLessThan(50);
    expect(agreement.p95).toBeLessThan(150);
    expect(chats.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});

function spread(values: readonly number[]) {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round((sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN) * 10) / 10;
  return { of: sorted.length, p50: at(0.5), p95: at(0.95), most: at(1) };
}
