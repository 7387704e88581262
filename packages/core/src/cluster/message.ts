import { nextTurn } from "../base/time.ts";
import type { MetricJson } from "../exposition/registry-metrics.ts";
import { type PackedMetric, piecesOf } from "./packed-metrics.ts";

/** Versioned: during a deployment, processes of two releases may be in one cluster. */
export const protocol = "@aiwatch/core/cluster/1";

/** What the members of a cluster say to each other, on a channel that the app may use too. */
export type Message =
  /** Worker: I have metrics. `again` where it answers `who`. */
  | { readonly kind: "hello"; readonly again: boolean }
  /** Parent: I have just joined; say hello, were it again. */
  | { readonly kind: "who" }
  /** Parent: send me your metrics. Worker: send me everybody's. */
  | { readonly kind: "ask"; readonly id: number }
  /** The question `id` cannot be answered. */
  | { readonly kind: "failed"; readonly id: number }
  | Piece;

/** A part of the answer to the question `id`. */
export interface Piece {
  readonly kind: "piece";
  readonly id: number;
  readonly metrics: readonly PackedMetric[];
  readonly last: boolean;
}

/** The id of a worker's last answer, which follows no question. */
export const farewellId = 0;

/** Resolves when the message is on its way; rejects where the other side is gone. */
export type Send = (message: Message) => Promise<void>;

/** Sends metrics as the answer to a question, in pieces, each in a turn of its own. */
export async function sendPieces(send: Send, id: number, metrics: readonly MetricJson[]): Promise<void> {
  for (const piece of piecesOf(metrics)) {
    await send({ kind: "piece", id, metrics: piece, last: false });
    await nextTurn();
  }
  await send({ kind: "piece", id, metrics: [], last: true });
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
