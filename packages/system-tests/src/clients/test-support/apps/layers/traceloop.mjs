import traceloop from "@traceloop/node-server-sdk";
import OpenAI from "openai";
import { exporter } from "./in-memory.mjs";
import { peerLayer } from "./peer.mjs";

traceloop.initialize({
  exporter,
  disableBatch: true,
  instrumentModules: { openAI: OpenAI },
  traceloopSyncEnabled: false,
  silenceInitializationMessage: true,
});

export const layer = peerLayer();
