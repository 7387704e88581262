import type { ChatPage } from "./chat-page.ts";

type Page = ChatPage["page"];

/** An answer by a clock of the test's own: from the key to what is seen, whatever the page measures. */
export interface ReaderSaw {
  readonly firstTextMs: number;
  readonly totalMs: number;
}

/** Notes in the page when its reader presses Enter, when an answer's first text is painted, and when its last text came. */
export function followReader(page: Page): Promise<void> {
  return page.evaluate(() => {
    const saw: { at: number; firstTextMs?: number; totalMs?: number }[] = [];
    Object.assign(globalThis, { saw });
    document.addEventListener("keydown", ({ key, timeStamp }) => key === "Enter" && saw.push({ at: timeStamp }), true);
    const log = document.getElementById("conversation") as HTMLElement;
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
  return page.evaluate((at) => (globalThis as unknown as { saw: ReaderSaw[] }).saw[at] as ReaderSaw, index);
}
