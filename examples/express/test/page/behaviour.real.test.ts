import { describeWithTool } from "@aiwatch/testkit";
import { afterEach, expect, test } from "vitest";
import { type Stream, stream } from "../support/chat.ts";
import type { ChatPage, Look } from "./test-support/chat-page.ts";
import { chatPages } from "./test-support/chat-pages.ts";
import { Gate, type Play, type ScriptedDemo, shortAnswer, startScriptedDemo } from "./test-support/scripted-demo.ts";

const patience = { timeout: 20_000 };

describeWithTool("chromium", "the chat page", () => {
  const pages = chatPages({ hasBackForwardCache: true });
  let demo: ScriptedDemo;
  let chat: ChatPage;

  afterEach(async () => {
    await pages.close();
    await demo.close();
  });

  async function open(look?: Look) {
    demo = await startScriptedDemo();
    chat = await pages.open(demo.url, look);
  }

  const untilStopped: Play = async ({ inference, say, signal }) => {
    inference.evaluationBegun();
    say("on and on");
    await new Gate().pass(signal);
  };

  test("takes what a model or a user writes as text, never as markup", async () => {
    await open();
    demo.play = async ({ inference, say }) => {
      inference.evaluationBegun();
      say(`<img src=x onerror="alert(1)"><b>bold</b>`);
    };
    await chat.send(`<img src=x onerror="alert(1)"><b>bold</b>`);
    await chat.bar(0).waitFor();
    expect(await chat.said.textContent()).toContain("<b>bold</b>");
    for (const place of [".question .text", ".answer .text"])
      expect(await chat.page.locator(place).textContent()).toContain("<b>bold</b>");
    expect(await chat.page.locator(".conversation img, .text b").count()).toBe(0);
  });

  test("asks again when the server wants to be asked, and not before", async () => {
    await open();
    chat.failuresExpected = true;
    demo.play = untilStopped;
    const others: Stream[] = Array.from({ length: 10 }, () => stream(demo.url, { message: "hi" }));
    const waiting = () => demo.sample("genai_app_admission_waiting", { queue: "sequences" });
    await expect.poll(waiting, patience).toBe(8);
    await chat.send("Is there room?");
    const again = chat.answer(0).getByRole("button", { name: "Ask again" });
    await again.getByText("Ask again in 2 s").waitFor();
    expect(await chat.page.getByRole("alert").textContent()).toContain("Too many chats are waiting already");
    const isPressedInVain = await again.evaluate((button) => {
      const isEarly = button.getAttribute("aria-disabled") === "true";
      (button as HTMLElement).click();
      return isEarly && button.isConnected;
    });
    expect(isPressedInVain).toBe(true);
    for (const other of others) other.abort();
    await expect.poll(waiting, patience).toBe(0);
    demo.play = shortAnswer;
    // Playwright waits until it may be pressed
    await again.click();
    await chat.bar(0).waitFor();
    expect(await chat.answer(0).locator(".text").textContent()).toBe("The model answers.");
    expect(await chat.page.getByRole("article").count()).toBe(2);
  });

  test("an answer that broke off can be asked for again, and takes the place of what came of it, for the model as well", async () => {
    await open();
    chat.failuresExpected = true;
    const conversations: string[][] = [];
    chat.page.on("request", (request) => {
      if (!request.url().endsWith("/chat")) return;
      conversations.push(request.postDataJSON().messages.map(({ content }: { content: string }) => content));
    });
    demo.play = shortAnswer;
    await chat.send("one");
    await chat.bar(0).waitFor();
    const isSeen = new Gate();
    demo.play = async ({ inference, say, signal }) => {
      inference.evaluationBegun();
      say("This answer will not come");
      await isSeen.pass(signal);
      throw new Error("the model failed");
    };
    await chat.send("two");
    await chat.begun(1);
    isSeen.open();
    await chat.answer(1).getByText("The answer broke off").waitFor();
    demo.play = shortAnswer;
    await chat.answer(1).getByRole("button", { name: "Ask again" }).click();
    await chat.bar(1).waitFor();
    const first = ["one", "The model answers."];
    expect(conversations).toEqual([[], first, first]);
    expect(await chat.page.locator(".question, .answer .text").allTextContents()).toEqual([
      ...first,
      ...["two", "The model answers."],
    ]);
  });

  test("a conversation that was cleared can be had back, with the answer that was stopped by it", async () => {
    await open();
    chat.failuresExpected = true;
    const [asksTool, staysThere] = [new Gate(), new Gate()];
    demo.play = async ({ inference, say, signal }) => {
      inference.evaluationBegun();
      say("on and on");
      await asksTool.pass(signal);
      const tool = inference.startTool({ name: "look-up" });
      await staysThere.pass(signal).finally(() => tool.end());
    };
    await chat.send("مرحبا بالعالم");
    await chat.begun(0);
    const direction = () => chat.page.locator(".question .text").evaluate((text) => getComputedStyle(text).direction);
    expect(await direction()).toBe("rtl");
    const phase = (words: RegExp) => chat.page.locator("aiwatch-panel li.mine").getByText(words);
    await phase(/^writing/).waitFor();
    // who hears the answer's end is not told its phases on the way; what was said while there was no text is another matter
    await chat.said.evaluate((status) => status.replaceChildren());
    asksTool.open();
    await phase(/^at a tool/).waitFor();
    await chat.page.waitForTimeout(500);
    expect(await chat.said.textContent()).toBe("");
    // an Escape that the input method takes stops nothing
    await chat.page.evaluate(() =>
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", isComposing: true })),
    );
    await chat.page.getByRole("button", { name: "Start anew" }).click();
    await chat.said.getByText("Conversation cleared").waitFor();
    expect(await chat.page.getByRole("article").count()).toBe(0);
    await chat.page.getByRole("button", { name: "Undo" }).click();
    await chat
      .receipt(0)
      .getByText(/^stopped after/)
      .waitFor();
    demo.play = shortAnswer;
    const [request] = await Promise.all([chat.page.waitForRequest("**/chat"), chat.send("and then?")]);
    expect(request.postDataJSON().messages.map(({ content }: { content: string }) => content)).toEqual([
      ...["مرحبا بالعالم", "on and on"],
    ]);
    expect(await chat.page.getByRole("button", { name: "Undo" }).count()).toBe(0);
    await chat.bar(1).waitFor();
  });

  test.each([
    ["a window at 400 %", { width: 320, height: 256 }],
    ["a phone on its side", { width: 740, height: 360 }],
  ])(
    "in little height the page scrolls as a whole, and the end of the answer is above the line: %s",
    async (_, viewport) => {
      await open({ viewport });
      demo.play = async ({ inference, say }) => {
        inference.evaluationBegun();
        for (let at = 0; at < 100; at += 1) say("a word and another one ");
      };
      await chat.send("hi");
      await chat.bar(0).waitFor();
      const room = () =>
        chat.page.evaluate(() => {
          const foot = document.querySelector(".foot")?.getBoundingClientRect();
          const receipt = document.querySelector(".receipt")?.getBoundingClientRect();
          return { seen: foot?.top ?? 0, hidden: Math.max(0, (receipt?.bottom ?? 0) - (foot?.top ?? 0)) };
        });
      await expect.poll(async () => (await room()).hidden, patience).toBeLessThan(2);
      expect((await room()).seen / viewport.height).toBeGreaterThan(0.6);
      // whoever scrolls up to read is left there
      await chat.page.evaluate(() => scrollTo(0, 0));
      expect(await chat.page.getByRole("heading", { name: "AIWatch" }).isVisible()).toBe(true);
    },
  );

  test("a message that no model takes is refused in sight, and comes back to be made shorter", async () => {
    await open({ viewport: { width: 380, height: 640 } });
    chat.failuresExpected = true;
    const message = "word ".repeat(80_000).trim();
    await chat.send(message);
    const alert = chat.page.getByRole("alert");
    await alert.getByText(/larger than 256kb: shorten the conversation/).waitFor();
    const isInSight = () =>
      alert.evaluate((note) => {
        const box = document.getElementById("conversation")?.getBoundingClientRect();
        const { top, bottom } = note.getBoundingClientRect();
        return box !== undefined && top >= box.top && bottom <= box.bottom + 1;
      });
    await expect.poll(isInSight, patience).toBe(true);
    expect(await chat.page.getByLabel("Message").inputValue()).toBe(message);
    const question = chat.page.locator(".question");
    const height = async () => (await question.boundingBox())?.height ?? 0;
    const before = await height();
    await question.getByRole("button", { name: "Show all" }).click();
    expect(await height()).toBeGreaterThan(before * 10);
    expect(await question.getByRole("button").count()).toBe(0);
  });

  test("a conversation that is larger than a request goes on, without its beginning", async () => {
    await open();
    const bodies: number[] = [];
    chat.page.on("request", (request) => {
      if (request.url().endsWith("/chat")) bodies.push(request.postDataBuffer()?.length ?? 0);
    });
    const long = "ä".repeat(30_000);
    demo.play = async ({ inference, say }) => {
      inference.evaluationBegun();
      say(long);
    };
    for (let at = 0; at < 6; at += 1) {
      await chat.send(`message ${at}`);
      await chat.bar(at).waitFor();
    }
    // 60 kB an answer, and the server takes 256
    expect(bodies.map((bytes) => Math.round(bytes / 60_000))).toEqual([0, 1, 2, 3, 3, 3]);
  });

  test("lets the browser keep no long history of what was sent", async () => {
    await open();
    const send = async (message: string) => {
      await chat.send(message);
      await chat.page.getByRole("button", { name: "Send" }).waitFor();
    };
    await send("hi");
    await chat.bar(0).waitFor();
    const before = await chat.nodesOutside();
    for (let at = 1; at < 50; at += 1) await send(`message ${at}`);
    // Chromium keeps two for each message, and with them its text; an answer has some until the server has told its part
    await expect.poll(() => chat.nodesOutside(), patience).toBeLessThan(before + 50);
    // who goes on to write does not notice
    await chat.page.keyboard.type("one more");
    await chat.page.keyboard.press("Enter");
    await chat.page.locator(".question", { hasText: "one more" }).waitFor();
  });

  test("no link takes the conversation away, the panel's neither", async () => {
    await open();
    await chat.send("hi");
    await chat.bar(0).waitFor();
    const panels = chat.page.locator("aiwatch-panel");
    await panels.getByText(/^answered/).waitFor();
    for (const link of [chat.page.getByRole("link", { name: "metrics" }), chat.receipt(0).getByRole("link")]) {
      const [tab] = await Promise.all([chat.page.context().waitForEvent("page"), link.click()]);
      await tab.close();
    }
    // without tracing, which the tests' process does not have, the panel has no links: this is what makes them go to a tab of their own
    expect(await panels.evaluate((panel) => panel.ownerDocument.querySelector("base")?.target)).toBe("_blank");
    expect(await chat.page.getByRole("article").count()).toBe(2);
  });

  test("comes back out of the back/forward cache with its conversation, and answers on", async () => {
    await open();
    // the other page has no icon, and the one that came back is closed while it asks
    chat.failuresExpected = true;
    await chat.send("hi");
    await chat.bar(0).waitFor();
    const asked: string[] = [];
    demo.play = async (play) => {
      asked.push(play.message);
      await shortAnswer(play);
    };
    // Playwright cannot look into a page that came back: it says itself what it is
    await chat.page.evaluate(() =>
      addEventListener("pageshow", ({ persisted }) => {
        const message = document.getElementById("message") as HTMLTextAreaElement;
        message.value = `kept: ${persisted}, turns: ${document.querySelectorAll("article").length}`;
        message.form?.requestSubmit();
      }),
    );
    await chat.page.goto(`${demo.url}/health`);
    await chat.page.evaluate("history.back()").catch(() => undefined);
    await expect.poll(() => asked, patience).toEqual(["kept: true, turns: 2"]);
  });

  test("writes at 200 tokens a second without a task that holds the page up", async () => {
    await open({ viewport: { width: 1440, height: 900 } });
    demo.play = async ({ inference, say, signal }) => {
      inference.evaluationBegun();
      const begun = performance.now();
      for (let token = 0; token < 1000; token += 1) {
        say(token % 12 === 11 ? "sentence. " : "token ");
        const aheadMs = (token + 1) * 5 - (performance.now() - begun);
        if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
        signal.throwIfAborted();
      }
    };
    await pages.browser.startTracing(chat.page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
    await chat.send("Tell me a long story");
    await chat.bar(0).waitFor();
    const tasks = mainThreadTasks(await pages.browser.stopTracing());
    console.info(
      `${tasks.length} tasks while 1,000 tokens came, the longest ${Math.max(...tasks)} ms of the processor`,
    );
    expect(tasks.length).toBeGreaterThan(100);
    expect(tasks.filter((ms) => ms > 50)).toEqual([]);
  });

  test("is used by the keyboard alone, and says to a screen reader what it waits for and what came", async () => {
    await open();
    const gate = new Gate();
    demo.play = async (asked) => {
      await gate.pass(asked.signal);
      await shortAnswer(asked);
    };
    const focused = () => chat.page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent);
    expect(await focused()).toBe("message");
    // the line shows it by an outline, which forced colours leave as it is
    const outline = () => chat.page.locator(".composer").evaluate((line) => getComputedStyle(line).outlineStyle);
    expect(await outline()).toBe("solid");
    await chat.page.keyboard.press("Shift+Tab");
    expect(await outline()).toBe("none");
    expect(await focused()).toBe("Why do many users wait?");
    await chat.page.keyboard.press("Enter");
    expect(await focused()).toBe("message");
    const answer = chat.answer(0);
    await chat.said.getByText("Waiting for the engine").waitFor();
    expect(await answer.ariaSnapshot()).not.toMatch(/\d s/);
    gate.open();
    // once, and as a whole: what comes later is silent
    await chat.said.getByText(/^Answer: The model answers\.; in all [\d.]+ (milli)?seconds$/).waitFor();
    const link = answer.getByRole("link");
    const place = async () => (await link.boundingBox())?.y ?? 0;
    const [early, said] = [await place(), await chat.said.textContent()];
    await chat.bar(0).waitFor();
    expect(await chat.said.textContent()).toBe(said);
    // the room of the server's part was kept, to a line
    expect(Math.abs((await place()) - early)).toBeLessThan(24);
    const log = chat.page.getByRole("log");
    expect(await log.getAttribute("aria-live")).toBe("off");
    const heard = await log.ariaSnapshot();
    expect(heard).toMatch(/The model answers\..*first token, as you saw it/s);
    // the bar's label has the phases, and the legend is not read beside it
    expect(heard.match(/engine’s line/g)).toHaveLength(1);
    expect(heard).not.toContain("…");
  });
});

/** The tasks of the page's main thread, in milliseconds of its own time on a processor: what else the machine is at is not in it. */
function mainThreadTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as {
    traceEvents: { name: string; pid: number; tid: number; tdur?: number; args: { name?: string } }[];
  };
  const renderers = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  return traceEvents
    .filter(
      ({ name, pid, tid }) => name.endsWith("RunTask") && renderers.some((it) => it.pid === pid && it.tid === tid),
    )
    .map(({ tdur = 0 }) => tdur / 1000);
}
