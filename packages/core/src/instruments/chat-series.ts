import { catalogue } from "../catalogue/index.ts";
import { type ChatPhase, chatPhases } from "../catalogue/values.ts";
import { type Chat, phaseAt } from "../chats/chat.ts";
import { type Count, guardedCount, type PutGuard } from "./counter.ts";
import type { Instruments } from "./instruments.ts";
import { beginDropped } from "./known-series.ts";

/** The series that one model's chats go into, found once. They begin at 0. */
export class ChatSeries {
  readonly #chats: Count;
  readonly #phases: readonly { readonly phase: ChatPhase; readonly seconds: Count }[];

  constructor(instruments: Instruments, model: string, guard: PutGuard) {
    this.#chats = guardedCount(guard, () => instruments.chats.bind({ model }));
    this.#phases = chatPhases.map((phase) => ({
      phase,
      seconds: guardedCount(guard, () => instruments.chatPhases.bind({ model, phase })),
    }));
    beginDropped(instruments, [catalogue.chats, catalogue.chatPhases]);
  }

  /** The chat is over. */
  record(chat: Chat, now: number): void {
    this.#chats();
    for (const { phase, seconds } of this.#phases) {
      const ms = chat.msIn(phaseAt[phase], now);
      if (ms !== undefined && ms > 0) seconds(ms / 1000);
    }
  }
}
