const app = {
  openai: "6.49.0",
  zod: "4.3.6",
  "@opentelemetry/api": "1.9.1",
  "@opentelemetry/sdk-trace-node": "2.12.0",
};

/** Who else observes the openai client, by the layer in `apps/layers`: what is installed for it. */
export const peers = {
  openlit: { ...app, openlit: "1.15.0" },
  traceloop: { ...app, "@traceloop/node-server-sdk": "0.27.0" },
  openinference: { ...app, "@arizeai/openinference-instrumentation-openai": "4.2.7" },
  langfuse: { ...app, "@langfuse/openai": "5.11.1" },
  opentelemetry: {
    ...app,
    "@opentelemetry/api": "1.10.0",
    "@opentelemetry/instrumentation": "0.300.0",
    "@opentelemetry/instrumentation-openai": "0.22.0",
  },
  sentry: { ...app, "@sentry/node": "11.12.0" },
} as const;
