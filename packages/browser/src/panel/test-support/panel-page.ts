import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { launchChromium } from "@aiwatch/testkit";
import type { AiwatchPanel } from "../panel-element.ts";
import { gone, held, type PanelServer } from "./panel-server.ts";
import type { Scene } from "./samples.ts";

export type Browser = Awaited<ReturnType<typeof launchChromium>>;
export type Page = Awaited<ReturnType<Browser["newPage"]>>;
export type Look = Parameters<Browser["newContext"]>[0];

/** A path that nobody answers: the connection breaks. */
const gonePath = "/gone";
/** A path whose answer is still awaited. */
const heldPath = "/held";

/** A page with panels, and what the browser complained of. */
export class PanelPage {
  readonly page: Page;
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => this.complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
  }

  /** @param isDefined whether the panel's module is loaded at once. Time on the page is ours to move. */
  static async open(browser: Browser, server: PanelServer, look: Look = {}, isDefined = true): Promise<PanelPage> {
    server.routes.set(gonePath, gone);
    server.routes.set(heldPath, held);
    const shown = new PanelPage(await (await browser.newContext(look)).newPage());
    await shown.page.addInitScript({
      content: await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"),
    });
    await shown.page.clock.install();
    await shown.page.goto(server.url);
    if (isDefined) await shown.define();
    return shown;
  }

  /** Loads the panel's module, as a page does that loads it late. */
  async define(): Promise<void> {
    await this.page.evaluate(`import("/panel.js").then(() => undefined)`);
  }

  /** Adds a panel of each scene and brings it there. */
  async draw(
    scenes: Readonly<Record<string, Scene>>,
    attributes: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    for (const [name, { data, trouble }] of Object.entries(scenes)) {
      const all = { id: idOf(name), "trace-url": "/traces/{traceId}", mine: "request-a", ...attributes };
      await this.page.evaluate(
        ([set, value, src]) => {
          const panel = document.createElement("aiwatch-panel") as AiwatchPanel;
          for (const [key, text] of Object.entries(set)) panel.setAttribute(key, text);
          if (value !== undefined) panel.data = value;
          if (src !== undefined) panel.setAttribute("src", src);
          document.querySelector("main")?.append(panel);
        },
        [all, data, trouble ? gonePath : undefined] as const,
      );
    }
    await this.#age(scenes);
    for (const [name, { awaited }] of Object.entries(scenes)) {
      if (awaited) await this.panel(name).evaluate((panel, path) => panel.setAttribute("src", path), heldPath);
    }
    await this.settle();
  }

  /** Time passes on the page, and what is to stay fresh gets its figures anew. */
  async #age(scenes: Readonly<Record<string, Scene>>): Promise<void> {
    const ageOf = ({ ageSeconds = 0 }: Scene) => ageSeconds;
    const ages = [...new Set([0, ...Object.values(scenes).map(ageOf)])].sort((a, b) => b - a);
    for (const [at, age] of ages.slice(0, -1).entries()) {
      const next = ages[at + 1] ?? 0;
      await this.page.clock.fastForward((age - next) * 1000);
      for (const [name, scene] of Object.entries(scenes)) {
        if (ageOf(scene) <= next && scene.data !== undefined) await this.set(name, scene.data);
      }
    }
  }

  /** Lets what is due be drawn. */
  async settle(): Promise<void> {
    await this.page.clock.runFor(1000);
  }

  set(name: string, data: unknown): Promise<void> {
    return this.page.evaluate(
      ([id, value]) => {
        (document.getElementById(id) as AiwatchPanel).data = value as never;
      },
      [idOf(name), data] as const,
    );
  }

  panel(name: string) {
    return this.page.locator(`#${idOf(name)}`);
  }

  /** What axe has against the page, as it stands. */
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

  close(): Promise<void> {
    return this.page.context().close();
  }
}

export function idOf(name: string): string {
  return name.replaceAll(/\W/g, "-");
}
