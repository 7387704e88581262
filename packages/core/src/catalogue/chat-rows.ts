import { model } from "./inference-rows.ts";
import { type CatalogueRow, closed } from "./row.ts";
import { chatPhases } from "./values.ts";

/** Where the time of whole chats went, and not of single inferences: a sum of one divided by a count of another is no mean. */
export const chatRows = {
  chats: {
    type: "counter",
    name: "genai_app_chats_total",
    help: "Total number of ended chats that called a model",
    unit: "chats",
    labels: { model },
    aggregation: "sum",
  },
  chatPhases: {
    type: "counter",
    name: "genai_app_chat_phase_seconds_total",
    help: "Time that ended chats spent in each phase, in seconds",
    unit: "seconds",
    labels: { model, phase: closed(...chatPhases) },
    aggregation: "sum",
  },
} as const satisfies Record<string, CatalogueRow>;
