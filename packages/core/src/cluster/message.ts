import type { PackedMetric } from "./packed.ts";

/** Versioned: during a deployment, processes of two releases may be in one cluster. */
const protocol = "@aiwatch/core/cluster/1";

/** What the processes of a cluster say to each other, on the channel that the app uses too. */
export type Message =
  /** Worker: I have metrics; to a primary that asked who is there, I said so before. */
  | { readonly kind: "hello"; readonly again: boolean }
  /** Primary: I joined after you may have said hello. */
  | { readonly kind: "who" }
  /** Primary: tell me your metrics. Worker: tell me everybody's. */
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

/** The answer that nobody asked for: a worker's last. */
export const farewellId = 0;

/** Resolves when the message is on its way; rejects where the other side is gone. */
export type Send = (message: Message) => Promise<void>;

type RawSend = (message: object, done: (error: Error | null) => void) => unknown;

export function sender(send: RawSend): Send {
  return (message) =>
    new Promise((resolve, reject) => {
      send({ ...message, protocol }, (error) => (error ? reject(error) : resolve()));
    });
}

/** Whether a message on the app's channel is ours. */
export function isOurs(message: unknown): message is Message {
  return typeof message === "object" && message !== null && "protocol" in message && message.protocol === protocol;
}
