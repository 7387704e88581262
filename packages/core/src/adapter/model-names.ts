import { processWide } from "../base/process-wide.ts";

/** Which model server, and what a caller asked it for. */
export interface RequestedModel {
  /** What tells servers apart, as `serverKey` makes it. */
  readonly server: string;
  /** The name in the request; undefined where it names none. */
  readonly requested: string | undefined;
}

/** Where servers have their APIs, below the path that tells one server from another behind the same origin. */
const apiPath =
  /(?:\/engines(?:\/[\w.-]+)?)?(?:\/v\d+|\/api)?(?:\/(?:chat\/completions|completions?|infill|responses|messages|embeddings|embed|rerank|reranking|chat|generate|models|ps))?\/*$/;

/**
 * What tells model servers apart, for whoever asks or watches one: the origin of its URL, and what its path has in front of the API's. Two URLs
 * of one server give the same key, whichever of its APIs they lead to.
 * @param url of the server or of one of its APIs; credentials, query and fragment are left out
 * @throws TypeError for what is no URL
 * @example serverKey("http://localhost:8080/v1/chat/completions"); // "http://localhost:8080"
 */
export function serverKey(url: string | URL): string {
  const { origin, pathname } = typeof url === "string" ? new URL(url) : url;
  return `${origin}${pathname.replace(apiPath, "")}`;
}

/** How many names are kept: a gateway's clients can ask for anything. */
const maxNames = 1000;

/** What a request counts as that names no model, until its server does. */
const unnamed = "unknown";

/**
 * A model's name for labels: no path, no `.gguf`, and no `:latest`, which Ollama and Docker Model Runner mean where no tag is given. A name of a
 * hub, such as `ai/llama3.2`, stays whole.
 * @example modelLabel("/models/llama-3.2-1b-q4.gguf"); // "llama-3.2-1b-q4"
 */
export function modelLabel(name: string): string {
  const isFile = /\.gguf$/i.test(name);
  const isPath = isFile || /^(?:[/\\~.]|[a-z]:[/\\])/i.test(name);
  const base = isPath ? (name.split(/[/\\]/).findLast((part) => part !== "") ?? name) : name;
  return base.replace(/\.gguf$|:latest$/i, "") || unnamed;
}

/**
 * The names that models behind HTTP count as, by one rule for whoever observes them: a client, a watched server, a proxy. It is the name that
 * the server gave when it last answered for the requested one; until then the requested name itself, or the one model that the server is known
 * to serve. Where the app names the model by an option, nobody asks here.
 */
export class ModelNames {
  readonly #resolved = new Map<string, string>();
  readonly #only = new Map<string, string>();

  /** @returns the label's value */
  of(model: RequestedModel): string {
    const { server, requested = "" } = model;
    return this.#resolved.get(keyOf(model)) ?? this.#only.get(server) ?? modelLabel(requested);
  }

  /**
   * The server answered for the requested name.
   * @param reported the model's name in the answer
   * @returns the label's value from now on
   */
  answered(model: RequestedModel, reported: string): string {
    const { requested } = model;
    const label = modelLabel(reported);
    // every bundle of Docker Model Runner calls its file so: it tells models no better than no name
    const isTelling = label !== "model" || requested === undefined || requested === "";
    keep(this.#resolved, keyOf(model), isTelling ? label : modelLabel(requested));
    return this.of(model);
  }

  /** The server says that it serves this one model, whatever a request names. `undefined`: it does so no longer. */
  servesOnly(server: string, name: string | undefined): void {
    if (name === undefined) this.#only.delete(server);
    else keep(this.#only, server, modelLabel(name));
  }
}

/** What is known of model servers' names in this process, whoever learned it. */
export const modelNames = processWide("@aiwatch/core/model-names", 1, () => new ModelNames());

function keyOf({ server, requested = "" }: RequestedModel): string {
  return `${server} ${requested}`;
}

function keep(names: Map<string, string>, key: string, name: string): void {
  // while half the room is free the order is left as it is: a name that was used stays for as many new ones at least
  if (names.size <= maxNames / 2 && names.get(key) === name) return;
  names.delete(key);
  names.set(key, name);
  if (names.size <= maxNames) return;
  for (const oldest of names.keys()) {
    names.delete(oldest);
    return;
  }
}
