/** Our layer as an app has it: what each ending told is kept for the end, so that what comes too late is seen. */
import { createTestAiwatch } from "@aiwatch/core/testing";
import { instrumentClient, observeFetch } from "@aiwatch/openai";
import { beginTrace, register, until } from "./in-memory.mjs";

register();
const bareFetch = globalThis.fetch;
/** How long an inference may take to end once the client is done with it. */
const endsWithinMs = 1500;

export function layer(slug, expected) {
  const { aiwatch, inferences, diagnostics } = createTestAiwatch();
  const options = { aiwatch, idleMs: 300 };
  const { run, spans } = beginTrace(slug);
  return {
    fetch: observeFetch(bareFetch, options),
    dress: (client) => instrumentClient(client, options),
    run,
    settled: () => until(() => inferences.length >= expected, endsWithinMs),
    told: () => ({ slug, records: inferences, diagnostics: diagnostics.map(shownFault), spans: spans() }),
  };
}

const shownFault = ({ source, error }) => ({ source, error: `${error?.name}: ${error?.message}` });
