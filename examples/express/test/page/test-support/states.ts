import { type Stream, stream } from "../../support/chat.ts";
import type { ChatPage } from "./chat-page.ts";
import { Gate, type Play, type ScriptedDemo } from "./scripted-demo.ts";

/** So many answer at once, and so many wait. */
const [atOnce, mostWaiting] = [2, 8];

const sentences = [
  "Great question! This calm tokenizer quickly follows the original conversation because capacity remains scarce. ",
  "Our engine reads the whole prompt and soon writes one useful summary. ",
  "A patient reader sees where each second went.",
];

/**
 * Brings the page to each state that it can be in, one after the other, and shows each.
 *
 * @param look is handed its name
 */
export async function walkStates(chat: ChatPage, demo: ScriptedDemo, look: (name: string) => Promise<void>) {
  chat.failuresExpected = true;
  const others: Stream[] = [];
  const [turn, prompt, half] = [new Gate(), new Gate(), new Gate()];

  await chat.badge.getByText("ready").waitFor();
  await look("empty");

  // two answer, one is ahead
  demo.play = speakUntilStopped;
  for (let at = 0; at < atOnce; at += 1) others.push(stream(demo.url, { message: "another" }));
  await Promise.all(others.map(({ begun }) => begun));
  others.push(stream(demo.url, { message: "ahead" }));
  await untilWaiting(demo, 1);
  demo.play = async ({ inference, signal, say }) => {
    await turn.pass(signal);
    inference.evaluationBegun();
    inference.promptTokens(1824, 16);
    await prompt.pass(signal);
    for (const [at, sentence] of sentences.entries()) {
      for (const word of sentence.split(/(?<= )/)) say(word);
      if (at === 0) await half.pass(signal);
    }
  };
  await chat.send("How does a local model answer?");
  await chat.answer(0).getByText("1 before you").waitFor();
  await chat.page.locator("aiwatch-panel li.mine").getByText("in line · place 2").waitFor({ state: "attached" });
  await look("in line");

  for (const other of others.splice(0)) other.abort();
  await chat.answer(0).getByText("Waiting for the engine").waitFor();
  await look("engine");
  turn.open();
  await chat.answer(0).getByText("Reading your prompt").waitFor();
  await look("prompt");
  prompt.open();
  await chat.answer(0).getByText("scarce.").waitFor();
  await chat.page
    .locator("aiwatch-panel li.mine")
    .getByText(/^writing/)
    .waitFor({ state: "attached" });
  await look("writing");
  await whileOpen(chat, () => look("writing, the panel open"));
  half.open();
  await chat.bar(0).waitFor();
  await look("answered");

  demo.play = speakUntilStopped;
  await chat.send("What is the prompt cache for?");
  await chat.begun(1);
  await chat.page.keyboard.press("Escape");
  await chat.bar(1).waitFor();
  await look("stopped");

  for (let at = 0; at < atOnce + mostWaiting; at += 1) others.push(stream(demo.url, { message: "another" }));
  await untilWaiting(demo, mostWaiting);
  await chat.send("Why do many users wait?");
  await chat.page.getByRole("button", { name: "Ask again" }).waitFor();
  await look("refused");
  for (const other of others.splice(0)) other.abort();
  await untilWaiting(demo, 0);

  const isSeen = new Gate();
  demo.play = async ({ inference, say, signal }) => {
    inference.evaluationBegun();
    say("This answer will not come to its");
    await isSeen.pass(signal);
    throw new Error("the model failed");
  };
  await chat.send("Will you finish?");
  await chat.begun(3);
  isSeen.open();
  await chat.answer(3).getByText("The answer broke off: the connection broke.").waitFor();
  await look("broken");

  await chat.send("a long message ".repeat(800));
  await chat
    .answer(4)
    .getByText(/has 11,999 tokens, and the model can take 10,000: shorten it/)
    .waitFor();
  await look("too long");
  await chat.page.getByLabel("Message").fill("");

  demo.beginToStop();
  await chat.badge.getByText("shutting down").waitFor();
  await chat.send("May I ask one more thing?");
  await chat.answer(5).getByText("The server is shutting down.").waitFor();
  await look("stopping");

  await demo.close();
  await chat.send("Are you there?");
  await chat.answer(6).getByText("No answer: the connection broke.").waitFor();
  await chat.badge.getByText("out of reach").waitFor({ timeout: 15_000 });
  await look("gone");
}

/** On a phone, the panel is one line that opens. */
async function whileOpen(chat: ChatPage, look: () => Promise<void>): Promise<void> {
  const button = chat.page.locator("aiwatch-panel button");
  if (!(await button.isVisible())) return;
  await button.click();
  await look();
  await button.click();
}

const speakUntilStopped: Play = async ({ inference, say, signal }) => {
  inference.evaluationBegun();
  inference.promptTokens(12);
  say("An answer that goes on and on");
  await new Gate().pass(signal);
};

async function untilWaiting(demo: ScriptedDemo, count: number): Promise<void> {
  while ((await demo.sample("genai_app_admission_waiting", { queue: "sequences" })) !== count) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
