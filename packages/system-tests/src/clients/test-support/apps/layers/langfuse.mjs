import { observeOpenAI } from "@langfuse/openai";
import { register } from "./in-memory.mjs";
import { peerLayer } from "./peer.mjs";

register();

export const layer = peerLayer((client) => observeOpenAI(client));
