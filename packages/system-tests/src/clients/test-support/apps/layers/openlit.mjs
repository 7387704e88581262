import OpenAI from "openai";
import openlit from "openlit";
import { register } from "./in-memory.mjs";
import { peerLayer } from "./peer.mjs";

const instrumentations = { openai: OpenAI };
await openlit.default.init({
  tracer: register(),
  disableBatch: true,
  disableMetrics: true,
  pricingJson: {},
  instrumentations,
});

export const layer = peerLayer();
