import { type Aiwatch, defaultAiwatch } from "@aiwatch/core";
import { type AdapterHost, adapterOf, processWide } from "@aiwatch/core/adapter";
import { errorTypes } from "../answers/error-type.ts";

/** What the servers are called as long as nobody knows which they are. */
export const unknownProvider = "openai-compatible";

const engine = { name: unknownProvider, errorTypes };

/** Where what is observed is reported to, and how. */
export interface Scope {
  readonly host: AdapterHost;
  /** The model's name by option. */
  readonly model: string | undefined;
  readonly provider: string | undefined;
  readonly forReader: boolean | undefined;
  readonly includeUsage: boolean;
  readonly idleMs: number;
  /** Whether it is that of the preload. */
  readonly isGlobal: boolean;
  /** Whether calls to this URL are observed. */
  readonly observes: (url: URL) => boolean;
}

/** The scope of an instance; without one that of the default instance, whichever it is by the time of a call. */
export function scopeOf(aiwatch: Aiwatch | undefined, options: Omit<Scope, "host">): Scope {
  if (aiwatch !== undefined) return { ...options, host: adapterOf(aiwatch, engine) };
  let last = defaultAiwatch();
  return {
    ...options,
    get host() {
      last = defaultAiwatch(last);
      return adapterOf(last, engine);
    },
  };
}

/** A cloud's host, and the conventions' name of its provider. */
const clouds: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)openai\.com$/, "openai"],
  [/(?:^|\.)openai\.azure\.com$/, "azure.ai.openai"],
  [/(?:^|\.)anthropic\.com$/, "anthropic"],
  [/(?:^|\.)mistral\.ai$/, "mistral_ai"],
  [/(?:^|\.)groq\.com$/, "groq"],
  [/(?:^|\.)deepseek\.com$/, "deepseek"],
];

const ollamaPort = "11434";

/** Who serves at a URL, where no answer has shown it: the well-known clouds, and Ollama's port. */
export function providerAt({ hostname, port }: URL): string {
  if (port === ollamaPort) return "ollama";
  return clouds.find(([host]) => host.test(hostname))?.[1] ?? unknownProvider;
}

/** How many servers are remembered. */
const maxServers = 1000;

/** The providers that servers have shown themselves to be, by what tells servers apart. */
export const shownProviders = processWide("@aiwatch/openai/providers", 1, () => new Map<string, string>());

export function rememberProvider(server: string, provider: string): void {
  const shown = shownProviders();
  if (shown.get(server) === provider || (shown.size >= maxServers && !shown.has(server))) return;
  shown.set(server, provider);
}
