/** An app's own OpenTelemetry, configured by `OTEL_*`: `node --import ./own-sdk.mjs app.js`. */
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NodeSDK } from "@opentelemetry/sdk-node";

const instrumentations = process.env.INSTRUMENTS_HTTP === "true" ? [new HttpInstrumentation()] : [];
const sdk = new NodeSDK({ serviceName: "own-sdk", instrumentations });
sdk.start();
process.once("beforeExit", () => sdk.shutdown());
