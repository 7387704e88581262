import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Demo, startDemo } from "../support/demo.ts";
import { type Browser, ChatPage } from "./test-support/chat-page.ts";
import { followReader, type PlacesTold, placesTold, readerSaw } from "./test-support/readers-clock.ts";

const [readers, rounds] = [8, 3];
const patience = { timeout: 280_000 };

describeWithTool("chromium", "eight readers on two sequences", () => {
  let browser: Browser;
  let demo: Demo;
  let chats: ChatPage[];

  beforeAll(async () => {
    browser = await launchChromium();
    // answers of some seconds, so that a line forms
    demo = await startDemo({
      MODEL_PATH: await ensureTinyModel({ sentences: 30, feedForward: 131_072 }),
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

  test("each is told its own place, and its receipt adds up to what its own clock says", async () => {
    const off: number[] = [];
    const outside: number[] = [];
    const toldPlaces: PlacesTold[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(chats.map((chat) => chat.send("Why do many users wait?")));
      for (const chat of chats) {
        await chat.bar(round).waitFor(patience);
        const { totalMs } = await readerSaw(chat.page, round);
        const pieces = await chat.bar(round).evaluate((bar) =>
          [...bar.children].map((piece) => ({
            isOutside: piece.classList.contains("outside"),
            ms: Number((piece as HTMLElement).style.flexGrow),
          })),
        );
        off.push(Math.abs(pieces.reduce((sum, { ms }) => sum + ms, 0) - totalMs));
        outside.push(pieces.reduce((sum, { ms, isOutside }) => sum + (isOutside ? ms : 0), 0));
        toldPlaces.push(await placesTold(chat.page));
      }
    }
    // two of each round need not wait, and who waits less than a tick hears nothing: the others were told places that only fell, the panel's
    const waited = toldPlaces.filter(({ page }) => page.length > 0);
    console.info(`places told: ${JSON.stringify(waited)}`);
    const [agreement, ways] = [spread(off), spread(outside)];
    console.info(
      `receipts against the readers' clocks: ${JSON.stringify(agreement)}; page and network: ${JSON.stringify(ways)}`,
    );
    expect(waited.length).toBeGreaterThanOrEqual((rounds * readers) / 2);
    for (const { page, panel } of waited) {
      expect(page).toEqual(page.toSorted((one, other) => other - one));
      expect(page).toEqual(panel);
    }
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
