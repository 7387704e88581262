import { describeWithTool } from "@aiwatch/testkit";
import { afterEach, expect, test } from "vitest";
import type { ChatPage } from "./chat-page.ts";
import { chatPages } from "./chat-pages.ts";
import { type ScriptedDemo, startScriptedDemo } from "./scripted-demo.ts";
import { walkStates } from "./states.ts";

type Theme = "light" | "dark";
const themes: readonly [Theme, Theme] = ["light", "dark"];

/** @param isWhole each state in both themes on both screens; otherwise in one of them on each, in turn */
export function describeStates(isWhole = false): void {
  describeWithTool("chromium", "the chat page in each of its states", () => {
    const pages = chatPages();
    let demo: ScriptedDemo;
    let chat: ChatPage;

    afterEach(async () => {
      await pages.close();
      await demo.close();
    });

    async function faultsIn(colorScheme: Theme, state: string): Promise<string[]> {
      await chat.page.emulateMedia({ colorScheme });
      return (await chat.violations()).map((violation) => `${state}, ${colorScheme}: ${violation}`);
    }

    test.each([
      ["a phone", { width: 380, height: 780 }],
      ["a wide screen", { width: 1440, height: 900 }],
    ])(
      "on %s: axe has nothing against it, light or dark, and nothing is beside the screen",
      async (_name, viewport) => {
        demo = await startScriptedDemo();
        chat = await pages.open(demo.url, { viewport, reducedMotion: "reduce" });
        const faults: string[] = [];
        let walked = viewport.width > 1000 ? 0 : 1;
        await walkStates(chat, demo, async (state) => {
          const inTurn = themes.filter((_, nth) => isWhole || nth === walked % 2);
          walked += 1;
          for (const theme of inTurn) faults.push(...(await faultsIn(theme, state)));
          const tooWide = await chat.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
          if (tooWide) faults.push(`${state}: wider than the screen`);
        });
        expect(faults).toEqual([]);
      },
    );
  });
}
