import type { InferenceHandle } from "@aiwatch/core";
import { createTestAiwatch, type FakeClock, type TestAiwatch } from "@aiwatch/core/testing";
import { testServer } from "@aiwatch/testkit";
import { keepRecentTraces } from "@aiwatch/tracing";
import { pino } from "pino";
import { createApp } from "../../../src/app.js";
import { Chats } from "../../../src/chats.js";
import { HttpError } from "../../../src/http-error.js";

/** What the model does with a message, once it has its turn. */
export type Play = (asked: Asked) => Promise<void>;

export interface Asked {
  readonly message: string;
  readonly inference: InferenceHandle;
  readonly signal: AbortSignal;
  /** A token. */
  say(text: string): void;
}

export interface ScriptedDemo extends Pick<TestAiwatch, "aiwatch" | "sample"> {
  readonly url: string;
  play: Play;
  /** As SIGTERM does: no more chats are taken, and the panel says why. */
  beginToStop(): void;
  close(): Promise<void>;
}

/** No model takes a longer one. */
const longestMessage = 10_000;

/**
 * The demo's own app in this process, with its true line and a model that a test plays: it stays at each phase for as long as somebody looks, and speaks
 * as fast as it is told to.
 */
export async function startScriptedDemo(clock?: FakeClock): Promise<ScriptedDemo> {
  const slo = { requestFirstTokenMs: 500, timePerOutputTokenMs: 50 };
  const { aiwatch, sample } = createTestAiwatch({ service: "chat-example", slo, ...(clock && { clock }) });
  const chats = new Chats(aiwatch);
  aiwatch.health.addCheck("model", () => chats.isReady());
  aiwatch.reportModel("tiny-chat", {
    modelType: "llama.cpp",
    contextSize: 8192,
    threadsUsed: 1,
    modelMemoryBytes: 35_669_504,
  });
  const logger = pino({ level: "silent" });
  const server = await testServer(createApp({ aiwatch, chats, traces: keepRecentTraces(), logger }));
  const demo: ScriptedDemo = {
    ...{ aiwatch, sample, url: server.url },
    play: shortAnswer,
    beginToStop() {
      aiwatch.startDraining();
      void chats.close();
    },
    async close() {
      await server.close();
      await aiwatch.close();
    },
  };
  const speaker = {
    async answer({ message }: { readonly message: string }, signal: AbortSignal, onText: (text: string) => void) {
      const inference = aiwatch.startInference({ model: "tiny-chat", operation: "chat" });
      const say = (text: string) => {
        inference.token();
        onText(text);
      };
      try {
        await demo.play({ message, inference, signal, say });
        inference.end({ unified: "stop" });
      } catch (error) {
        if (signal.aborted) inference.abort("signal");
        else inference.fail(error);
        throw error;
      }
    },
  };
  chats.open({
    speakers: [speaker, speaker],
    isReady: () => true,
    checkLength({ message }) {
      if (message.length <= longestMessage) return;
      throw new HttpError(
        413,
        `the message has ${message.length.toLocaleString("en-US")} tokens, and the model can take ${longestMessage.toLocaleString("en-US")}: shorten it`,
      );
    },
  });
  return demo;
}

export const shortAnswer: Play = async ({ inference, say }) => {
  inference.evaluationBegun();
  inference.promptTokens(16);
  for (const word of ["The ", "model ", "answers."]) say(word);
};

/** Where a play waits until a test lets it pass, or its reader leaves. */
export class Gate {
  #open: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => {
    this.#open = resolve;
  });

  open(): void {
    this.#open();
  }

  pass(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      void this.#opened.then(resolve);
    });
  }
}
