import { AiwatchError } from "../base/errors.ts";
import type { ServedModelState } from "../catalogue/values.ts";

/** What a server counted of one model, over all its lives that were seen. It never falls. */
export interface ServedCounts {
  /** Prompt tokens evaluated, those from the KV cache left out. */
  readonly promptEvalTokens?: number;
  /** Prompt tokens reused from the KV cache. */
  readonly cachedPromptTokens?: number;
  /** Seconds of prompt evaluation. */
  readonly promptEvalSeconds?: number;
  /** Tokens generated. */
  readonly outputTokens?: number;
  /** Seconds of generation. */
  readonly decodeSeconds?: number;
  /** Native batches decoded. */
  readonly decodes?: number;
}

/** What a model server says of one of its models at a moment. What it does not tell is absent. */
export interface ServedModel extends ServedCounts {
  /** The model's name as a label, such as `modelLabel` makes it. */
  readonly model: string;
  readonly state?: ServedModelState;
  /** Slots that process a request. */
  readonly activeSlots?: number;
  /** Slots that wait for one. */
  readonly freeSlots?: number;
  /** Requests that wait for a slot. */
  readonly deferredRequests?: number;
  /** Tokens that one slot can hold. */
  readonly contextSize?: number;
  /** The model's part in GPU memory. */
  readonly gpuMemoryBytes?: number;
  /** The model's part in main memory. */
  readonly mainMemoryBytes?: number;
  /** Of the slots at work the fullest: its tokens over those that it can hold, 0–1. */
  readonly kvCacheUsageRatio?: number;
}

/** What a model server says of itself at a moment. */
export interface ServerReadings {
  /** Whether it is ready to serve. */
  readonly isUp: boolean;
  /** Restarts that were found since the watch began; absent where nobody can tell. */
  readonly restarts?: number;
  readonly models: readonly ServedModel[];
}

/**
 * Reads a server; `undefined` when nothing is known. It is called for each metric of a scrape, so share what is in flight. It must settle
 * within a second or so, because the scrape waits for it. A rejection is reported as a fault, and the server is left out of that answer.
 */
export type ReadServer = () => Promise<ServerReadings | undefined>;

/** The model servers that are watched, by the name that their series have. */
export class ServerBoard {
  /** @internal What is read. Boards that show the same have one map. */
  sources = new Map<string, ReadServer>();
  readonly #failed: (error: unknown) => void;

  /** @param failed a server could not be read */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /**
   * Shows a server at each scrape.
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` when a server of that name is watched already
   * @returns ends it
   */
  watch(server: string, read: ReadServer): () => void {
    if (this.sources.has(server)) {
      const message = `the model server ${JSON.stringify(server)} is watched already: close that watch first, or give this one another name`;
      throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", message);
    }
    this.sources.set(server, read);
    return () => {
      if (this.sources.get(server) === read) this.sources.delete(server);
    };
  }

  /** Shows what another board shows, from now on. */
  takeOver({ sources }: Pick<ServerBoard, "sources">): void {
    for (const [server, read] of this.sources) sources.set(server, read);
    this.sources = sources;
  }

  /** What each server says now. Never rejects. */
  async read(): Promise<ReadonlyMap<string, ServerReadings>> {
    const all = Array.from(this.sources, async ([server, read]) => [server, await this.#readingsOf(read)] as const);
    const known = new Map<string, ServerReadings>();
    for (const [server, readings] of await Promise.all(all)) if (readings !== undefined) known.set(server, readings);
    return known;
  }

  async #readingsOf(read: ReadServer): Promise<ServerReadings | undefined> {
    try {
      return await read();
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }
}
