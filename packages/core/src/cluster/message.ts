import { nextTurn } from "../base/time.ts";
import type { ChatsPart } from "../chats/chat-board.ts";
import type { SummaryPartJson } from "../summary/summary-json.ts";
import type { PackedMetric } from "./packed-metrics.ts";

/** Versioned: during a deployment, processes of two releases may be in one cluster. */
export const protocol = "@aiwatch/core/cluster/1";

/** What the members of a cluster ask each other for, and what an answer's parts are. */
export interface Parts {
  readonly metrics: PackedMetric;
  /** One for each process. */
  readonly summary: SummaryPartJson;
  /** One for each process. */
  readonly chats: ChatsPart;
}
export type Subject = keyof Parts;

/** What a worker's answers are read from, by numbers that its process gives: a worker with another one than before begins at 0. */
export type Sources = Readonly<Record<Subject, number>>;

/** The parts of an answer as they are sent: each of these lists in a message of its own. */
export type Pieces<Of extends Subject> = Iterable<readonly Parts[Of][]>;

/** What the members of a cluster say to each other, on a channel that the app may use too. */
export type Message =
  /** Worker: I have something to tell. `again` where it answers `who` */
  | { readonly kind: "hello"; readonly again: boolean; readonly sources: Sources }
  /** Parent: I have just joined; say hello, were it again. */
  | { readonly kind: "who" }
  /** Parent: send me what you have of the subject. Worker: send me what everybody has. */
  | { readonly kind: "ask"; readonly subject: Subject; readonly id: number }
  /** The question `id` cannot be answered. */
  | { readonly kind: "failed"; readonly subject: Subject; readonly id: number }
  | Piece;

/** Some parts of the answer to the question `id`. */
export interface Piece {
  readonly kind: "piece";
  readonly subject: Subject;
  readonly id: number;
  readonly parts: readonly Parts[Subject][];
  readonly last: boolean;
}

/** The id of a worker's last answer, which follows no question. */
export const farewellId = 0;

/** Resolves when the message is on its way; rejects where the other side is gone. */
export type Send = (message: Message) => Promise<void>;

/** Sends the answer to a question, each piece in a turn of its own. */
export async function sendPieces<Of extends Subject>(
  send: Send,
  subject: Of,
  id: number,
  pieces: Pieces<Of>,
): Promise<void> {
  for (const parts of pieces) {
    await send({ kind: "piece", subject, id, parts, last: false });
    await nextTurn();
  }
  await send({ kind: "piece", subject, id, parts: [], last: true });
}

/** Whether a message on a channel is ours. */
export function isOurs(message: unknown): message is Message {
  return typeof message === "object" && message !== null && "protocol" in message && message.protocol === protocol;
}

/** How a worker reaches its parent: the cluster's primary process, or the main thread of its own process. */
export interface ParentTransport {
  /** What the parent is, for errors. */
  readonly name: string;
  /** How often the cluster's timeout a worker waits for everybody's metrics: its parent waits for others itself. */
  readonly patience: number;
  /** @param heard is called with each message, the app's own ones too */
  open(heard: (message: unknown) => void): ParentLine;
}

/** A worker's line to its parent. */
export interface ParentLine {
  readonly isConnected: boolean;
  readonly send: Send;
  /** Hears nothing more. What is sent still arrives. */
  mute(): void;
  close(): void;
}

/** A parent's line to one of its workers. */
export interface WorkerLine {
  /** No other worker has it, whatever its transport. */
  readonly id: string;
  readonly send: Send;
}

/** What a parent hears of its workers. */
export interface WorkerEvents {
  /** A worker is there. Its hello may have come before the parent joined. */
  found(line: WorkerLine): void;
  /** The app's own messages come here, too. */
  heard(line: WorkerLine, message: unknown): void;
  /** A worker ended, and all that it sent was heard. */
  gone(id: string): void;
}

/** How a parent reaches its workers. */
export interface WorkersTransport {
  /** @returns hears nothing more */
  open(events: WorkerEvents): () => void;
}
