import { OpenAIInstrumentation } from "@arizeai/openinference-instrumentation-openai";
import OpenAI from "openai";
import { register } from "./in-memory.mjs";
import { peerLayer } from "./peer.mjs";

new OpenAIInstrumentation({ tracerProvider: register() }).manuallyInstrument(OpenAI);

export const layer = peerLayer();
