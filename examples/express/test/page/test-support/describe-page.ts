import { afterEach, expect, test } from "vitest";
import type { Demo } from "../../support/demo.ts";
import { scrape } from "../../support/metrics.ts";
import type { ChatPage } from "./chat-page.ts";
import { chatPages } from "./chat-pages.ts";

/** What answers the chats: a model in the demo's process, or one behind HTTP. It is called `tiny-chat`. */
export interface Stage {
  /** The demo, ready, with a model that speaks shortly or until it is stopped. */
  start(speech: "short" | "endless"): Promise<Demo>;
  /** What a receipt calls the stretch before the first token: whoever does not see its engine begin cannot say that it was the prompt. */
  readonly beforeText: "prompt" | "until the first token";
}

/** For what is reported a second later. */
const soon = { timeout: 15_000 };

/** What the page shows of a real model, whatever answers. */
export function describePage(stage: Stage): void {
  const pages = chatPages();
  let demo: Demo;
  let chat: ChatPage;

  afterEach(async () => {
    await pages.close();
    await demo.process.stop();
  });

  async function open(speech: "short" | "endless") {
    demo = await stage.start(speech);
    chat = await pages.open(demo.url);
  }

  test("an answer comes, with what its reader saw of it and what the server did meanwhile; and it is reported", async () => {
    await open("short");
    await chat.badge.getByText("ready").waitFor();
    await chat.send("How does a local model answer?");
    await chat.bar(0).waitFor();

    expect(await chat.answer(0).locator(".text").textContent()).toMatch(/^[A-Z].*\.$/);
    const facts = await chat.receipt(0).locator(".facts").textContent();
    expect(facts).toMatch(
      /first token, as you saw it [\d.]+ m?s .*in all [\d.]+ m?s .*[\d.]+ tokens\/s .*\d+ tokens .*\d+ in the prompt/,
    );
    const stretches = new RegExp(`${stage.beforeText} [\\d.]+ m?s writing [\\d.]+ m?s`);
    expect(await chat.receipt(0).locator(".legend").textContent()).toMatch(stretches);
    const traceId = await chat.traceId(0);
    const { spans } = await (await fetch(`${demo.url}/traces/${traceId}`)).json();
    expect(spans.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(["POST /chat", "wait for a sequence", "chat tiny-chat"]),
    );
    await chat
      .figure("first token")
      .getByText(/^[\d.]+ m?s( median)?$/)
      .waitFor();

    // no request of it is shown as cancelled: `complaints`, above
    const counted = async () => {
      const metrics = await scrape(demo.url);
      const vitals = ["TTFB", "FCP", "LCP"].map((name) =>
        metrics.value("genai_app_client_web_vital_seconds_count", { name }),
      );
      return {
        waits: metrics.value("genai_app_request_first_token_seconds_count"),
        seen: metrics.value("genai_app_client_first_token_seconds_count"),
        ends: metrics.value("genai_app_client_response_seconds_count"),
        vitals,
      };
    };
    await expect.poll(counted, soon).toEqual({ waits: 1, seen: 1, ends: 1, vitals: [1, 1, 1] });
  });

  test("the conversation goes along with the next message, until it is begun anew", async () => {
    await open("short");
    const promptOf = async (index: number) => {
      await chat.bar(index).waitFor();
      const facts = await chat.receipt(index).locator(".facts").textContent();
      return Number(/(\d+) in the prompt/.exec(facts ?? "")?.[1]);
    };
    await chat.send("How are you?");
    const first = await promptOf(0);
    await chat.send("How are you?");
    expect(await promptOf(1)).toBeGreaterThan(first);

    await chat.page.getByRole("button", { name: "Start anew" }).click();
    expect(await chat.page.getByRole("article").count()).toBe(0);
    await chat.send("How are you?");
    expect(await promptOf(0)).toBe(first);
  });

  test("Escape and the button stop an answer, and the model with it", async () => {
    await open("endless");
    chat.failuresExpected = true;
    for (const [index, way] of ["Escape", "the button"].entries()) {
      await chat.send("Why do many users wait?");
      // an answer that has begun: what is cancelled before may never have been asked
      await chat.begun(index);
      if (way === "Escape") await chat.page.keyboard.press("Escape");
      else await chat.page.getByRole("button", { name: "Stop" }).click();
      await chat
        .receipt(index)
        .getByText(/^stopped after/)
        .waitFor();
      await chat.page.getByRole("button", { name: "Send" }).waitFor();
      await chat.bar(index).waitFor();
    }
    await demo.process.waitForLine(/"finishReason":"aborted"/);
    const metrics = await scrape(demo.url);
    expect(metrics.value("genai_app_inferences_total", { finish_reason: "aborted" })).toBe(2);
    expect(metrics.value("genai_app_errors_total", { operation: "client" })).toBe(0);
  });

  test("an answer that breaks off stays; a server that is gone is said, and can be asked again", async () => {
    await open("endless");
    await chat.send("Why do many users wait?");
    await chat.begun(0);
    chat.failuresExpected = true;
    await demo.process.stop("SIGKILL");
    await chat.page.getByRole("alert").getByText("The answer broke off: the connection broke.").waitFor();

    await chat.send("Are you there?");
    await chat.answer(1).getByText("No answer: the connection broke.").waitFor();
    await chat.badge.getByText("out of reach").waitFor();
    // the new try takes the place of the old one
    for (const question of ["Why do many users wait?", "Are you there?"]) {
      await chat.answer(0).getByRole("button", { name: "Ask again" }).click();
      await chat.answer(1).getByText("No answer: the connection broke.").waitFor();
      expect(await chat.page.getByRole("article").count()).toBe(4);
      expect(await chat.page.locator(".question").last().textContent()).toBe(question);
    }
    // no server was told of them
    expect(await chat.page.locator(".receipt").count()).toBe(2);
    expect(await chat.page.locator(".receipt a").count()).toBe(0);
  });
}
