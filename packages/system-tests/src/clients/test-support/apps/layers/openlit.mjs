/** It patches what is required. */
import { createRequire } from "node:module";
import openlit from "openlit";
import { register } from "./in-memory.mjs";
import { peerLayer } from "./peer.mjs";

openlit.default.init({ tracer: register(), disableBatch: true, disableMetrics: true, pricingJson: {} });

export const { OpenAI } = createRequire(import.meta.url)("openai");
export const layer = peerLayer();
