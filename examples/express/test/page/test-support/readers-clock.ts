import type { ChatPage } from "./chat-page.ts";

type Page = ChatPage["page"];

/** An answer by a clock of the test's own: from the key to what is seen, whatever the page measures. */
export interface ReaderSaw {
  readonly firstTextMs: number;
  readonly totalMs: number;
}

/** The places in line that the page told its reader, and those that its panel had at the reader's own chat: each once, in their order. */
export interface PlacesTold {
  readonly page: readonly number[];
  readonly panel: readonly number[];
}

/** Notes in the page when its reader presses Enter, when an answer's first text is painted, and when its last text came; and each place in line. */
export function followReader(page: Page): Promise<void> {
  return page.evaluate(() => {
    const saw: { at: number; firstTextMs?: number; totalMs?: number }[] = [];
    Object.assign(globalThis, { saw });
    document.addEventListener("keydown", ({ key, timeStamp }) => key === "Enter" && saw.push({ at: timeStamp }), true);
    const log = document.getElementById("conversation") as HTMLElement;
    const places: { page: number[]; panel: number[] } = { page: [], panel: [] };
    Object.assign(globalThis, { places });
    const note = (seen: number[], place: number | undefined) => place && seen.at(-1) !== place && seen.push(place);
    setInterval(() => {
      const wait = log.querySelector(".wait")?.textContent ?? "";
      const others = /you are next/.test(wait) ? 0 : Number(/(\d+) before you/.exec(wait)?.[1] ?? Number.NaN);
      note(places.page, others + 1);
      const mine =
        document.querySelector("aiwatch-panel")?.shadowRoot?.querySelector("li.mine .what")?.textContent ?? "";
      note(places.panel, Number(/place (\d+)/.exec(mine)?.[1] ?? Number.NaN));
    }, 50);
    new MutationObserver(() => {
      const now = saw.at(-1);
      const text = [...log.querySelectorAll(".answer .text")].at(-1);
      if (now === undefined || !text?.textContent) return;
      // the last change of the text is its end
      if (text.hasAttribute("aria-busy")) now.totalMs = performance.now() - now.at;
      if (now.firstTextMs !== undefined) return;
      now.firstTextMs = now.totalMs ?? 0;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          now.firstTextMs = performance.now() - now.at;
        };
        port2.postMessage(0);
      });
    }).observe(log, { subtree: true, childList: true, characterData: true });
  });
}

export async function readerSaw(page: Page, index: number): Promise<ReaderSaw> {
  const saw = await page.evaluate((at) => (globalThis as unknown as { saw: ReaderSaw[] }).saw[at] as ReaderSaw, index);
  // an answer that came whole before its first frame is seen with it
  return { ...saw, totalMs: Math.max(saw.totalMs, saw.firstTextMs) };
}

/** Those of the answer since it was asked before. */
export async function placesTold(page: Page): Promise<PlacesTold> {
  return page.evaluate(() => {
    const { places } = globalThis as unknown as { places: { page: number[]; panel: number[] } };
    return { page: places.page.splice(0), panel: places.panel.splice(0) };
  });
}
