/** What a worker with a model did, by its own count and llama.cpp's: whatever AIWatch says is held to it. */
export interface Counts {
  readonly begun: number;
  /** Chats that came to their last token. */
  readonly answered: number;
  readonly aborted: number;
  /** Tokens that llama.cpp sampled. */
  readonly sampled: number;
  /** Tokens that llama.cpp was given before it sampled the first one of a chat. */
  readonly prompted: number;
}

/** What the app says to a worker. */
export type Asked =
  /** Answer with so many tokens; after `holdAfter` of them wait until you are told to go on. */
  | { readonly kind: "chat"; readonly chat: number; readonly tokens: number; readonly holdAfter: number | undefined }
  | { readonly kind: "goOn" }
  | { readonly kind: "abort"; readonly chat: number }
  /** Do nothing else for so long. */
  | { readonly kind: "block"; readonly ms: number }
  | { readonly kind: "close" };

/** What a worker says to the app, each time with all that it has done by then. */
export type Told = { readonly counts: Counts } & (
  | { readonly kind: "ready"; readonly port: number }
  | { readonly kind: "text"; readonly chat: number; readonly text: string }
  | { readonly kind: "held"; readonly chat: number }
  | { readonly kind: "ended"; readonly chat: number }
);

/** On the channel of a process there are AIWatch's messages, too. */
export function isTold(message: unknown): message is Told {
  return typeof message === "object" && message !== null && "counts" in message;
}

export const workerKinds = ["thread", "process"] as const;
export type WorkerKind = (typeof workerKinds)[number];

/** A worker, as `/workers` lists it: those that are gone, too. */
export interface ListedWorker {
  readonly kind: WorkerKind;
  readonly pid: number;
  /** 0 in a process of its own. */
  readonly thread: number;
  readonly port: number;
  readonly counts: Counts;
  /** Chats that wait to go on. */
  readonly held: readonly number[];
  readonly isGone: boolean;
}
