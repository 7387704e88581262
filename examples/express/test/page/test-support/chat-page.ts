import type { launchChromium } from "@aiwatch/testkit";

export type Browser = Awaited<ReturnType<typeof launchChromium>>;
type Page = Awaited<ReturnType<Browser["newPage"]>>;
export type Look = Parameters<Browser["newContext"]>[0];

/** The browser's own complaints of connections that failed, and of chats that were refused. */
const ofFailures = /ERR_(CONNECTION|INCOMPLETE|EMPTY_RESPONSE)|status of 503/;

/** The chat page in a browser: what is typed, and what is seen. */
export class ChatPage {
  readonly page: Page;
  /** Set it where connections fail or chats are refused. */
  failuresExpected = false;
  readonly #complaints: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    page.on("console", (message) => this.#complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.#complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) this.#complaints.push(`asked elsewhere: ${request.url()}`);
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

  trace(index: number) {
    return this.answer(index).locator("details.trace");
  }

  /** A figure of the panel. */
  figure(name: string) {
    return this.page.locator("#figures > div", { hasText: name }).locator("dd");
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
