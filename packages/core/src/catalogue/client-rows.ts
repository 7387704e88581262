import { firstTokenBounds, modelLatencyBounds, webVitalBounds } from "./bounds.ts";
import { type CatalogueRow, closed } from "./row.ts";
import { webVitals } from "./values.ts";

export const clientRows = {
  clientFirstToken: {
    type: "histogram",
    name: "genai_app_client_first_token_seconds",
    help: "Time to first token as the browser saw it, in seconds",
    unit: "seconds",
    labels: {},
    bounds: firstTokenBounds,
    aggregation: "sum",
  },
  clientResponse: {
    type: "histogram",
    name: "genai_app_client_response_seconds",
    help: "Time to the whole answer as the browser saw it, in seconds",
    unit: "seconds",
    labels: {},
    bounds: modelLatencyBounds,
    aggregation: "sum",
  },
  clientWebVital: {
    type: "histogram",
    name: "genai_app_client_web_vital_seconds",
    help: "Web vitals that are times, as the browser saw them, in seconds",
    unit: "seconds",
    labels: { name: closed(...webVitals) },
    bounds: webVitalBounds,
    aggregation: "sum",
  },
} as const satisfies Record<string, CatalogueRow>;
