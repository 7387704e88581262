import type { Engine } from "@aiwatch/core/adapter";

/** What this package is the adapter to. */
export const llamaCpp: Engine = { name: "llama.cpp" };
