/** Its spans are told by hooks of its own. */
import * as Sentry from "@sentry/node";
import { until } from "./in-memory.mjs";

const ended = [];
const silent = { send: async () => ({}), flush: async () => true };
const client = Sentry.init({ dsn: "http://key@127.0.0.1:9/1", tracesSampleRate: 1, transport: () => silent });
client.on("spanEnd", (span) => ended.push(Sentry.spanToJSON(span)));

export function layer(slug, expected) {
  let traceId;
  const spans = () =>
    ended.filter((span) => span.trace_id === traceId && span.attributes["sentry.op"]?.startsWith("gen_ai"));
  const shown = ({ name, status, attributes }) => ({
    name,
    kind: 2,
    status: { code: status === undefined || status === "ok" ? 0 : 2, message: status },
    attributes,
    isChild: true,
  });
  return {
    fetch: globalThis.fetch,
    // it has patched the module that is loaded after it
    dress: (openai) => openai,
    run: (action) =>
      Sentry.startNewTrace(() =>
        Sentry.startSpan({ name: slug, forceTransaction: true }, async (span) => {
          traceId = span.spanContext().traceId;
          return action();
        }),
      ),
    settled: () => until(() => spans().length >= expected, 400),
    told: () => ({ slug, spans: spans().map(shown) }),
  };
}
