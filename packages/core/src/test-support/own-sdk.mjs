import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NodeSDK } from "@opentelemetry/sdk-node";

/** An app's own OpenTelemetry, begun before the app: `node --import`. What it would export is kept for `traced-app.mjs`. */
const spans = [];
const traceExporter = {
  export(batch, done) {
    for (const span of batch) {
      const { name, kind, attributes, status, parentSpanContext, instrumentationScope } = span;
      spans.push({
        name,
        kind,
        attributes,
        status,
        parentSpanContext,
        scope: instrumentationScope.name,
        ...span.spanContext(),
      });
    }
    done({ code: 0 });
  },
  shutdown: async () => {},
};
const sdk = new NodeSDK({ traceExporter, instrumentations: [new HttpInstrumentation()], metricReaders: [] });
sdk.start();
globalThis.ownSdk = { spans, shutdown: () => sdk.shutdown() };
