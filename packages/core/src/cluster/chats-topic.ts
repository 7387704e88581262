import { threadId } from "node:worker_threads";
import type { ChatBoard, ChatsPart } from "../chats/chat-board.ts";
import { mergedChats } from "../chats/merged-chats.ts";
import type { Pieces } from "./message.ts";
import { Recent } from "./recent.ts";
import { type Membership, shareOf, type Topic } from "./topic.ts";

/** The chats of all members that answer. What goes on in one that does not, and what ended there, is in no list. */
export class ChatsTopic implements Topic<"chats"> {
  readonly #member: Membership;
  readonly #recent: Recent<ChatsPart>;

  constructor(member: Membership) {
    this.#member = member;
    this.#recent = new Recent(member.aiwatch.clock, async () => mergedChats(await this.#parts(member.timeoutMs)));
  }

  /**
   * In one list, which is collected once in a second at most.
   * @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` in a worker whose parent does not answer
   */
  async gather(): Promise<ChatsPart> {
    const { parent } = this.#member;
    return parent === undefined ? await this.#recent.read() : mergedChats(await parent.gather("chats"));
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
    const { answers, counts } = await workers.poll("chats", timeoutMs, Promise.resolve());
    return [{ ...ownPart(aiwatch.chats), cluster: counts }, ...answers.flatMap(({ parts }) => parts)];
  }
}

/** Each process counts its chats from 1. */
function ownPart(board: ChatBoard): ChatsPart {
  const { underWay, chats } = board.part();
  return { underWay, chats: chats.map((chat) => ({ ...chat, key: `${process.pid}.${threadId}.${chat.key}` })) };
}
