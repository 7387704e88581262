import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NodeSDK } from "@opentelemetry/sdk-node";

/** The app's own OpenTelemetry, as it was before AIWatch: `node --import ./src/tracing.js`, configured by `OTEL_*`. */
export const sdk = new NodeSDK({ serviceName: "existing-app", instrumentations: [new HttpInstrumentation()] });
sdk.start();
