import type { ServedCounts, ServedModel, ServerReadings } from "@aiwatch/core/adapter";

/** The servers that can be watched. */
export const serverKinds = ["llama-server", "ollama", "docker-model-runner"] as const;
export type ServerKind = (typeof serverKinds)[number];

/** What a model server said of itself at one reading. What it did not say is absent. */
export interface ServerReading extends ServerReadings {
  /** What it is; absent until it has answered. */
  readonly kind?: ServerKind;
  /** Why it is not up, as a predicate: "loads its model", "refuses the key (401)". Absent when it is up. */
  readonly reason?: string;
  /** Its release, such as llama-server's `b9842-1a2b3c4`. */
  readonly version?: string;
}

/** One thing that counts in a server: a model of llama-server, a runner of Docker Model Runner. */
export interface Run {
  readonly model: string;
  /** Tells it from others of the same model. @default the model */
  readonly key?: string;
  /** What changes when it begins anew, and at no other time; absent where it does not tell. */
  readonly life?: string;
  /** What it counted in this life. */
  readonly counts: ServedCounts;
  readonly figures: Omit<ServedModel, keyof ServedCounts | "model">;
}

/** What one reading found, before its counts are added to those of earlier lives. */
export interface Found {
  /** Absent where nobody knows what it is. */
  readonly kind?: ServerKind;
  /** Why it is not ready; absent when it is. */
  readonly reason?: string;
  /** Whether it will be ready without anybody's help: no fault. */
  readonly isLoading?: boolean;
  /** What could not be read although it is ready, each as a predicate. */
  readonly faults: readonly string[];
  readonly version?: string;
  /** The one model that it serves, whatever a request names. */
  readonly onlyModel?: string;
  /** Whether it is one process with one model: what begins anew is the server. */
  readonly isSingle?: boolean;
  readonly runs: readonly Run[];
}

/** A server that is not ready. */
export function notReady(reason: string, kind?: ServerKind): Found {
  return { reason, faults: [], runs: [], ...(kind !== undefined && { kind }) };
}

/** Larger ones are no counts: a number holds none of them exactly. */
const largest = Number.MAX_SAFE_INTEGER;

/** A figure as it may be: finite, not negative, not absurdly large. */
export function figureOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= largest ? value : undefined;
}
