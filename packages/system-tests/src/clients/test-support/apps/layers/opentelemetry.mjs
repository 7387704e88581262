/** It patches what is required. */
import { createRequire } from "node:module";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { OpenAIInstrumentation } from "@opentelemetry/instrumentation-openai";
import { register } from "./in-memory.mjs";
import { peerLayer } from "./peer.mjs";

registerInstrumentations({ tracerProvider: register(), instrumentations: [new OpenAIInstrumentation()] });

export const { OpenAI } = createRequire(import.meta.url)("openai");
export const layer = peerLayer();
