/** What a thread with llama.cpp is at when it ends. */
export const moments = [
  "imported",
  "loading",
  "loaded",
  "evaluating its prompt",
  "decoding",
  "answered",
  "disposed",
] as const;
export type Moment = (typeof moments)[number];

/** How it ends: by the main thread, by itself, by an error. */
export const ways = ["terminate", "exit", "throw"] as const;
export type Way = (typeof ways)[number];
