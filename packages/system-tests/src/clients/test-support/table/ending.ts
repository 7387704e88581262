import type { Script } from "../server/answer.ts";
import type { ClientName, Protocol } from "./clients.ts";

/** What the app sets, in words that each client puts into its own. */
export interface AppOptions {
  /** @default 0 */
  readonly maxRetries?: number;
  readonly n?: number;
  readonly includeUsage?: boolean;
  /** It offers a function. */
  readonly tools?: boolean;
  readonly streamed?: boolean;
}

/** How an inference must be told. What is left out must be absent. */
export interface Told {
  readonly operation?: string;
  /** Whether an answer showed which server it is. @default true */
  readonly served?: boolean;
  /** The model in the span's name, where it is another than was asked for. */
  readonly named?: string;
  readonly model?: string;
  /** Unified, then the server's own word; where the app left it, ours is not compared. */
  readonly finish: string;
  readonly error?: string | undefined;
  readonly prompt?: number | undefined;
  readonly cached?: number | undefined;
  /** "some": those of the events that had come by then, one to five. */
  readonly output?: number | "some" | undefined;
  readonly toolCalls?: number | undefined;
  readonly dimensions?: number | undefined;
  /** Whether a first token came. @default false */
  readonly first?: boolean;
}

/** One way in which an answer can go, by whatever client. */
export interface Ending {
  readonly name: string;
  /** What the app does: one of the verbs in `apps/clients`. */
  readonly verb: string;
  readonly options?: AppOptions;
  /** What the server does. */
  readonly play: Script;
  /** One for each request, in order. */
  readonly told: readonly Told[];
  /** Faults of the server's that AIWatch must report. @default none */
  readonly faults?: readonly string[];
  /** Clients of which something else is true, and why. */
  readonly unlike?: Readonly<Partial<Record<ClientName | Protocol, Unlike>>>;
  /** Why clients cannot play it. */
  readonly without?: Readonly<Partial<Record<ClientName | Protocol, string>>>;
  /** The clients that have such a helper, where others have none. */
  readonly only?: readonly ClientName[];
}

export interface Unlike {
  readonly why: string;
  readonly told: readonly Told[];
  readonly faults?: readonly string[];
}
