import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";
import type { Aiwatch } from "@aiwatch/core";
import { liveStream } from "@aiwatch/core/live";
import { aiwatchNode } from "@aiwatch/core/node";
import { handleSignals } from "@aiwatch/core/shutdown";
import { instrumentModel } from "@aiwatch/llamacpp";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama, type Llama, resolveChatWrapper } from "node-llama-cpp";
import type { Asked, Told } from "./messages.ts";
import { Slot, type SlotEvents } from "./slot.ts";

const counts = { begun: 0, answered: 0, aborted: 0, sampled: 0, prompted: 0 };

type WithoutCounts<Message> = Message extends Told ? Omit<Message, "counts"> : never;

/** A message of the app's own, on the channel of the thread or of the process. */
function tell(message: WithoutCounts<Told>): void {
  const told = { ...message, counts: { ...counts } };
  if (parentPort === null) process.send?.(told);
  else parentPort.postMessage(told);
}

/** The chats of one worker. */
class Chats {
  readonly #idle: Slot[] = [];
  readonly #underWay = new Map<number, { readonly slot: Slot; readonly controller: AbortController }>();

  async load(llama: Llama, aiwatch: Aiwatch): Promise<void> {
    const modelPath = await ensureTinyModel({ variant: "endless" });
    const model = instrumentModel(await llama.loadModel({ modelPath }), { aiwatch });
    const chatWrapper = resolveChatWrapper(model);
    const events: SlotEvents = {
      held: (slot) => tell({ kind: "held", chat: this.#chatOf(slot) }),
      sampled() {
        counts.sampled += 1;
      },
      prompted(tokens) {
        counts.prompted += tokens;
      },
    };
    for (let slot = 0; slot < 2; slot += 1) this.#idle.push(await Slot.open(model, chatWrapper, events));
  }

  async begin({ chat, tokens, holdAfter }: Extract<Asked, { kind: "chat" }>): Promise<void> {
    const slot = this.#idle.pop();
    if (slot === undefined) throw new Error("more chats at once than there are slots");
    const controller = new AbortController();
    this.#underWay.set(chat, { slot, controller });
    counts.begun += 1;
    try {
      await slot.chat(tokens, holdAfter, controller.signal, (text) => tell({ kind: "text", chat, text }));
      counts.answered += 1;
    } catch (error) {
      if (error !== controller.signal.reason) throw error;
      counts.aborted += 1;
    }
    this.#underWay.delete(chat);
    this.#idle.push(slot);
    tell({ kind: "ended", chat });
  }

  goOn(): void {
    for (const { slot } of this.#underWay.values()) slot.goOn();
  }

  abort(chat: number): void {
    const underWay = this.#underWay.get(chat);
    underWay?.controller.abort(new Error("the reader left"));
    underWay?.slot.goOn();
  }

  #chatOf(slot: Slot): number {
    for (const [chat, underWay] of this.#underWay) if (underWay.slot === slot) return chat;
    throw new Error("no chat is in this slot");
  }
}

/** Its own door, where the live stream shows all. */
async function listen(aiwatch: Aiwatch): Promise<Server> {
  const options = { routes: { chats: true }, live: liveStream(), authorize: () => true };
  const door = aiwatchNode((_req, res) => void res.end("a model"), aiwatch, options);
  const server = createServer(door).listen({ port: 0, host: "127.0.0.1", exclusive: true });
  await once(server, "listening");
  return server;
}

/** Serves a model to the process or thread that began this one. */
export async function serveModel(aiwatch: Aiwatch): Promise<void> {
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
  const chats = new Chats();
  await chats.load(llama, aiwatch);
  const server = await listen(aiwatch);
  const close = async () => {
    await new Promise((closed) => server.close(closed));
    await aiwatch.close();
    await llama.dispose();
    // nothing is left to do then
    if (parentPort === null) process.disconnect();
    else parentPort.close();
  };
  const hear = (asked: Asked) => {
    if (asked.kind === "chat") void chats.begin(asked);
    if (asked.kind === "goOn") chats.goOn();
    if (asked.kind === "abort") chats.abort(asked.chat);
    if (asked.kind === "block") for (const until = performance.now() + asked.ms; performance.now() < until; );
    if (asked.kind === "close") void close();
  };
  if (parentPort === null) {
    process.on("message", hear);
    handleSignals(aiwatch, { server });
  } else parentPort.on("message", hear);
  tell({ kind: "ready", port: (server.address() as AddressInfo).port });
}
