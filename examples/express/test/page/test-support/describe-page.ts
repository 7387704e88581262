import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchChromium } from "@aiwatch/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { duration } from "../../../src/page/figures.js";
import { stream } from "../../support/chat.ts";
import type { Demo } from "../../support/demo.ts";
import { scrape } from "../../support/metrics.ts";
import { type Browser, ChatPage, type Look } from "./chat-page.ts";

/** What answers the chats: a model in the demo's process, or one behind HTTP. It is called `tiny-chat`. */
export interface Stage {
  /** The demo, ready, with a model that speaks shortly or until it is stopped. */
  start(speech: "short" | "endless"): Promise<Demo>;
}

/** How the page is looked at, with a picture of each. */
export const looks = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 820 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 820 } },
  narrow: { colorScheme: "light", viewport: { width: 390, height: 780 } },
  narrowest: { colorScheme: "light", viewport: { width: 320, height: 640 } },
} as const;

/** What the page shows, whatever answers. */
export function describePage(stage: Stage, pictured: readonly (keyof typeof looks)[]): void {
  let browser: Browser;
  let demo: Demo;
  let chat: ChatPage;
  let pictures: string;

  beforeAll(async () => {
    browser = await launchChromium();
    pictures = await mkdtemp(join(tmpdir(), "chat-example-pictures-"));
  });
  afterAll(() => browser.close());

  afterEach(async () => {
    await chat.close();
    await demo.process.stop();
    expect(chat.complaints).toEqual([]);
  });

  async function open(speech: "short" | "endless", look?: Look) {
    demo = await stage.start(speech);
    chat = await ChatPage.open(browser, demo.url, look);
  }

  test("an answer comes, with what the browser saw of it and what the server did", async () => {
    await open("short");
    await chat.figure("response time").getByText("–").waitFor();
    await chat.send("How does a local model answer?");
    await chat.trace(0).waitFor();

    expect(await chat.answer(0).locator(".text").textContent()).toMatch(/^[A-Z].*\.$/);
    expect(await chat.answer(0).locator(".seen").textContent()).toMatch(/first token [\d.]+ ms.*total [\d.]+ m?s/);
    expect(await chat.trace(0).locator("li .name").allTextContents()).toEqual([
      "POST /chat",
      "wait for a sequence",
      "chat tiny-chat",
    ]);
    expect(await chat.trace(0).locator(".facts").textContent()).toMatch(
      /\d+ prompt tokens.*\d+ tokens at [\d,.]+\/sended: stop$/,
    );
    await chat.figure("response time").getByText(/ms|s$/).waitFor();
    await chat.figure("tokens out").getByText(/^\d+$/).waitFor();

    const { window, averages } = await (await fetch(`${demo.url}/metrics/summary`)).json();
    expect(await chat.figure("first token").textContent()).toBe(duration(window.firstTokenMs.p50));
    expect(window.firstTokenMs.p50).toBeGreaterThan(averages.firstTokenMs);
    const metrics = await scrape(demo.url);
    expect(metrics.value("genai_app_request_first_token_seconds_count")).toBe(1);
    expect(metrics.value("genai_app_client_first_token_seconds_count")).toBe(1);
    expect(metrics.value("genai_app_client_response_seconds_count")).toBe(1);
    for (const name of ["TTFB", "FCP", "LCP"]) {
      expect(metrics.value("genai_app_client_web_vital_seconds_count", { name })).toBe(1);
    }
  });

  test("the conversation goes along with the next message, until it is begun anew", async () => {
    await open("short");
    const facts = (index: number) => chat.trace(index).locator(".facts").textContent();
    for (const index of [0, 1]) {
      await chat.send("How are you?");
      await chat.trace(index).waitFor();
    }
    const first = await facts(0);
    expect(first).toMatch(/^\d+ prompt tokens/);
    expect(Number.parseInt((await facts(1)) ?? "", 10)).toBeGreaterThan(Number.parseInt(first ?? "", 10));

    await chat.page.getByRole("button", { name: "Start anew" }).click();
    expect(await chat.page.getByRole("article").count()).toBe(0);
    await chat.send("How are you?");
    await chat.trace(0).waitFor();
    expect(Number.parseInt((await facts(0)) ?? "", 10)).toBe(Number.parseInt(first ?? "", 10));
  });

  test.each(["the button", "Escape"])("%s stops the answer, and the model with it", async (way) => {
    await open("endless");
    // the request ends before the model has stopped: its span can be there first
    let asked = 0;
    await chat.page.route("**/traces/*", async (route) => {
      const response = await route.fetch();
      const { spans, ...trace } = await response.json();
      const known = asked++ === 0 ? spans.filter(({ kind }: { kind: string }) => kind === "server") : spans;
      await route.fulfill({ response, json: { ...trace, spans: known } });
    });
    await chat.send("Why do many users wait?");
    // an answer that has begun: what is cancelled before may never have been asked
    await chat.begun(0);
    if (way === "Escape") await chat.page.keyboard.press("Escape");
    else await chat.page.getByRole("button", { name: "Stop" }).click();

    await chat.answer(0).locator(".seen").getByText("stopped").waitFor();
    await demo.process.waitForLine(/"finishReason":"aborted"/);
    await chat.page.getByRole("button", { name: "Send" }).waitFor();
    await chat.trace(0).getByText("ended: aborted").waitFor();
    const metrics = await scrape(demo.url);
    expect(metrics.value("genai_app_inferences_total", { finish_reason: "aborted" })).toBe(1);
    expect(metrics.value("genai_app_errors_total", { operation: "client" })).toBe(0);
  });

  test("what a model or a user writes is text, never markup", async () => {
    await open("short");
    await chat.send(`<img src=x onerror="alert(1)"><b>bold</b>`);
    await chat.trace(0).waitFor();
    expect(await chat.page.locator(".question .text").textContent()).toContain("<b>bold</b>");
    expect(await chat.page.locator(".conversation img, .conversation b").count()).toBe(0);
  });

  test("an answer that waits says so, and the panel knows of both", async () => {
    await open("endless");
    const others = Array.from({ length: 6 }, () => stream(demo.url, { message: "hi" }));
    await expect.poll(async () => (await scrape(demo.url)).value("genai_app_active_requests")).toBe(6);
    await chat.send("Is it my turn?");
    await chat.answer(0).locator("[aria-live=polite]").getByText("waiting …").waitFor();
    await chat
      .figure("in flight")
      .getByText(/^[67]$/)
      .waitFor();
    await chat.page.screenshot({ path: join(pictures, "waiting.png") });

    for (const other of others) other.abort();
    await chat.begun(0);
    expect(await chat.answer(0).getByText("waiting").count()).toBe(0);
    await chat.page.keyboard.press("Escape");
    await chat.trace(0).waitFor();
  });

  test("an answer that breaks off stays, with its message, in the history alone", async () => {
    await open("endless");
    await chat.send("Why do many users wait?");
    await chat.begun(0);
    chat.failuresExpected = true;
    await demo.process.stop("SIGKILL");
    await chat.page.getByRole("alert").getByText("The answer broke off: the connection broke.").waitFor();
    expect(await chat.page.getByLabel("Message").inputValue()).toBe("");
    await chat.trace(0).getByText("The server could not be asked for it.").waitFor();
    await chat.page.screenshot({ path: join(pictures, "broken-off.png") });
  });

  test("a server that is gone is said, reported nowhere, and the message comes back", async () => {
    await open("short");
    chat.failuresExpected = true;
    await demo.process.stop();
    await chat.send("Are you there?");
    await chat.page.getByRole("alert").getByText("No answer: the connection broke.").waitFor();
    expect(await chat.page.getByLabel("Message").inputValue()).toBe("Are you there?");
    await chat.page.locator("#panel-state", { hasText: "out of reach" }).waitFor();
    await chat.figure("response time").getByText("–").waitFor();
    await chat.trace(0).getByText("The server could not be asked for it.").waitFor();
    expect(await chat.answer(0).locator(".text").isVisible()).toBe(false);
    await chat.page.screenshot({ path: join(pictures, "gone.png") });
  });

  test.each(pictured)("a picture of it, %s, with nothing beside the screen", async (name) => {
    const look = looks[name];
    await open("short", look);
    const tooWide = () => chat.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(await tooWide()).toBe(false);
    await chat.page.screenshot({ path: join(pictures, `${name}-greeting.png`) });
    await chat.send("How does a local model answer?");
    await chat.trace(0).waitFor();
    await chat.page.screenshot({ path: join(pictures, `${name}.png`) });
    expect(await tooWide()).toBe(false);
    const { x = 0, width = 0 } = (await chat.page.getByRole("link", { name: "readiness" }).boundingBox()) ?? {};
    expect(x + width).toBeLessThan(look.viewport.width);
  });
}
