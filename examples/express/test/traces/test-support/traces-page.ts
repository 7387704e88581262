import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { launchChromium } from "@aiwatch/testkit";

export type Browser = Awaited<ReturnType<typeof launchChromium>>;
export type Page = Awaited<ReturnType<Browser["newPage"]>>;
export type Look = Parameters<Browser["newContext"]>[0];

/** A page as a reader has it, and what the browser complained of. */
export class TracesPage {
  readonly page: Page;
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => this.complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
  }

  static async open(browser: Browser, look: Look = {}): Promise<TracesPage> {
    const shown = new TracesPage(await (await browser.newContext(look)).newPage());
    const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
    await shown.page.addInitScript({ content: await readFile(axe, "utf8") });
    return shown;
  }

  /** What axe has against the page. */
  violations(): Promise<string[]> {
    return this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[] }> };
      };
      const { violations } = await axe.run();
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${JSON.stringify(node.target)} ${node.failureSummary}`),
      );
    });
  }

  /** By how many pixels it is wider than the screen. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
