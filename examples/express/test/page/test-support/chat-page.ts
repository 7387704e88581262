import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { launchChromium } from "@aiwatch/testkit";

export type Browser = Awaited<ReturnType<typeof launchChromium>>;
type Page = Awaited<ReturnType<Browser["newPage"]>>;
export type Look = Parameters<Browser["newContext"]>[0];

/** The browser's own complaints of connections that failed, of chats that were refused, and of those that their reader stopped. */
const ofFailures = /ERR_(ABORTED|CONNECTION|INCOMPLETE|EMPTY_RESPONSE|FAILED)|status of (404|413|500|503)/;

/** The chat page in a browser: what is typed, and what is seen. */
export class ChatPage {
  readonly page: Page;
  /** Set it where connections fail, or chats are refused or stopped. */
  failuresExpected = false;
  readonly #complaints: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    page.on("console", (message) => this.#complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.#complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) this.#complaints.push(`asked elsewhere: ${request.url()}`);
    });
    page.on("requestfailed", (request) => {
      // a stream ends when the page does
      if (!request.url().endsWith("/metrics/live"))
        this.#complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
    });
  }

  static async open(browser: Browser, url: string, look: Look = {}): Promise<ChatPage> {
    const chat = new ChatPage(await (await browser.newContext(look)).newPage(), url);
    await chat.page.goto(url);
    return chat;
  }

  /** What the browser complained of. */
  get complaints(): string[] {
    return this.#complaints.filter((complaint) => !(this.failuresExpected && ofFailures.test(complaint)));
  }

  async send(message: string): Promise<void> {
    await this.page.getByLabel("Message").fill(message);
    await this.page.keyboard.press("Enter");
  }

  answer(index: number) {
    return this.page.getByRole("article", { name: "Answer" }).nth(index);
  }

  /** Waits for the answer's first words. */
  async begun(index: number): Promise<void> {
    await this.answer(index).locator(".text").getByText(/\w+/).waitFor();
  }

  receipt(index: number) {
    return this.answer(index).locator(".receipt");
  }

  /** Where the reader's time went: there once the server has told its part. */
  bar(index: number) {
    return this.receipt(index).getByRole("img");
  }

  /** That of the receipt's link. */
  async traceId(index: number): Promise<string | undefined> {
    const address = await this.receipt(index).getByRole("link").getAttribute("href");
    return address?.split("/").at(-1);
  }

  /** What a reader of the screen is told. */
  get said() {
    return this.page.locator("#said");
  }

  /** What the panel says of the server. */
  get badge() {
    return this.page.locator("aiwatch-panel .badge");
  }

  /** A figure of the panel, with its unit. */
  figure(name: string) {
    return this.page.locator("aiwatch-panel .tile", { hasText: name }).locator(".value");
  }

  /** What axe has against the page, as it stands. */
  async violations(): Promise<string[]> {
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await this.page.evaluate(axe);
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

  /** Nodes that are kept and are not in the page, after garbage collection: the browser's own, such as a field's inside, are among them. */
  async nodesOutside(): Promise<number> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send("HeapProfiler.collectGarbage");
    const { nodes } = await session.send("Memory.getDOMCounters");
    await session.detach();
    const inside = await this.page.evaluate(() => {
      const size = (node: Node): number => {
        const shadow = (node as Partial<Element>).shadowRoot;
        return [...node.childNodes, ...(shadow ? [shadow] : [])].reduce((sum, child) => sum + size(child), 1);
      };
      return size(document);
    });
    return nodes - inside;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
