import { firstTokenBounds, modelLatencyBounds, webVitalBounds } from "./bounds.ts";
import { closed, type HistogramRow } from "./row.ts";
import { webVitals } from "./values.ts";

const reported =
  "The browser's own monotonic clock, posted to `/metrics/log`; bounded, never mixed with the server's figures.";

export const clientFirstToken = {
  type: "histogram",
  name: "genai_app_client_first_token_seconds",
  help: "Time to first token as the browser saw it, in seconds",
  unit: "seconds",
  labels: {},
  bounds: firstTokenBounds,
  definition: "From the user's action to the first piece of the answer in the page, network included.",
  source: reported,
  aggregation: "sum",
} as const satisfies HistogramRow;

export const clientResponse = {
  type: "histogram",
  name: "genai_app_client_response_seconds",
  help: "Time to the whole answer as the browser saw it, in seconds",
  unit: "seconds",
  labels: {},
  bounds: modelLatencyBounds,
  definition: "From the user's action to the end of the answer in the page, network included.",
  source: reported,
  aggregation: "sum",
} as const satisfies HistogramRow;

export const clientWebVital = {
  type: "histogram",
  name: "genai_app_client_web_vital_seconds",
  help: "Web vitals that are times, as the browser saw them, in seconds",
  unit: "seconds",
  labels: { name: closed(...webVitals) },
  bounds: webVitalBounds,
  definition: "Time to first byte, first contentful paint, largest contentful paint, interaction to next paint.",
  source: reported,
  aggregation: "sum",
} as const satisfies HistogramRow;
