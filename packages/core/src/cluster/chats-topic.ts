import { threadId } from "node:worker_threads";
import type { ChatBoard, ChatsPart } from "../chats/chat-board.ts";
import { mergedChats } from "../chats/merged-chats.ts";
import type { Pieces } from "./message.ts";
import { Recent } from "./recent.ts";
import { type Membership, shareOf, type Topic, workersIn } from "./topic.ts";

/** The chats of all members that answer. What goes on in one that does not, and what ended there, is in no list. */
export class ChatsTopic implements Topic<"chats"> {
  readonly #member: Membership;
  /** In the member that answers for all. */
  readonly #recent: Recent<ChatsPart>;
  /** In a worker: whoever asks while the parent is asked is given the same. None is kept: it may be a second old. */
  readonly #asked: Recent<ChatsPart>;

  constructor(member: Membership) {
    const { clock } = member.aiwatch;
    this.#member = member;
    this.#recent = new Recent(clock, async () => mergedChats(await this.#parts(member.timeoutMs)));
    this.#asked = new Recent(clock, async () => mergedChats((await member.parent?.gather("chats")) ?? []), 0);
  }

  /**
   * In one list, which is collected once in a second at most.
   * @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` in a worker whose parent does not answer
   */
  async gather(): Promise<ChatsPart> {
    return await (this.#member.parent === undefined ? this.#recent : this.#asked).read();
  }

  async tell(): Promise<Pieces<"chats">> {
    return [[await this.gather()]];
  }

  async collect(): Promise<Pieces<"chats">> {
    return (await this.#parts(shareOf(this.#member.timeoutMs))).map((part) => [part]);
  }

  departed(): void {}

  async #parts(timeoutMs: number): Promise<ChatsPart[]> {
    const { workers, aiwatch } = this.#member;
    const { answers, counts } = await workers.poll("chats", timeoutMs, Promise.resolve(), workersIn);
    return [{ ...ownPart(aiwatch.chats), cluster: counts }, ...answers.flatMap(({ parts }) => parts)];
  }
}

/** Each process counts its chats from 1. */
function ownPart(board: ChatBoard): ChatsPart {
  const { underWay, chats } = board.part();
  return { underWay, chats: chats.map((chat) => ({ ...chat, key: `${process.pid}.${threadId}.${chat.key}` })) };
}
