import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launchChromium } from "@aiwatch/testkit";
import { stream } from "../../support/chat.ts";
import { type Browser, ChatPage } from "./chat-page.ts";
import { type Play, type ScriptedDemo, startScriptedDemo } from "./scripted-demo.ts";
import { smallPng } from "./small-png.ts";
import { walkStates } from "./states.ts";

// Draws the page in each of its states, light and dark, on a phone and a wide screen, and the two pictures of the README:
// npm run pictures -w examples/express [FOLDER]

const folder = process.argv[2] ?? "pictures";

/**
 * Draws the page as it is now, in both themes.
 *
 * @param shrink for what is kept in the repository
 */
async function draw(chat: ChatPage, name: string, shrink = (png: Buffer) => png): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await chat.page.emulateMedia({ colorScheme });
    await writeFile(join(folder, `${name}-${colorScheme}.png`), shrink(await chat.page.screenshot()));
  }
}

const answer = [
  "Great question! This calm tokenizer quickly follows the original conversation because capacity remains scarce.",
  "Our engine reads the whole prompt and soon writes one useful summary.",
  "Each token depends on all that came before it, and a patient reader sees where each second went. ",
].join(" ");

/** At the pace of a model: 0.4 s for the prompt, then 45 tokens a second. The others' answers are long. */
const speak: Play = async ({ message, inference, signal, say }) => {
  await sleep(25);
  inference.evaluationBegun();
  inference.promptTokens(16);
  await sleep(380);
  for (const word of answer.repeat(message === "another" ? 20 : 1).split(/(?<= )/)) {
    signal.throwIfAborted();
    say(word);
    await sleep(22);
  }
};

async function drawReadme(browser: Browser): Promise<void> {
  const demo = await startScriptedDemo();
  const chat = await ChatPage.open(browser, demo.url, { viewport: { width: 1080, height: 720 } });
  demo.play = speak;
  await chat.send("How does a local model answer?");
  await chat.bar(0).waitFor();
  await askWithOthers(demo, chat);
  await draw(chat, "chat", smallPng);
  await chat.close();
  await demo.close();
}

/** Two are answered, one waits, and then it is the reader's turn to wait. */
async function askWithOthers(demo: ScriptedDemo, chat: ChatPage): Promise<void> {
  for (let others = 0; others < 3; others += 1)
    void stream(demo.url, { message: "another" }).text.catch(() => undefined);
  await sleep(600);
  await chat.send("Why do many users wait?");
  await chat.answer(1).getByText("1 before you").waitFor();
  await sleep(1000);
}

await mkdir(folder, { recursive: true });
const browser = await launchChromium();
for (const [name, viewport] of [
  ["phone", { width: 380, height: 780 }],
  ["wide", { width: 1440, height: 900 }],
] as const) {
  const demo = await startScriptedDemo();
  const chat = await ChatPage.open(browser, demo.url, { viewport });
  let at = 0;
  await walkStates(chat, demo, async (state) => {
    at += 1;
    await draw(chat, `${name}-${String(at).padStart(2, "0")}-${state.replaceAll(/\W+/g, "-")}`);
  });
  await chat.close();
  await demo.close();
}
await drawReadme(browser);
await browser.close();
