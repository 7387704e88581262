import { firstTokenBounds, modelLatencyBounds, webVitalBounds } from "./bounds.ts";
import { type CatalogueRow, closed } from "./row.ts";
import { clientOutcomes, clientSpanOutcomes, webVitals } from "./values.ts";

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
  clientAnswers: {
    type: "counter",
    name: "genai_app_client_answers_total",
    help: "Answers in browsers by how they ended there",
    unit: "answers",
    labels: { outcome: closed(...clientOutcomes) },
    aggregation: "sum",
  },
  clientSpans: {
    type: "counter",
    name: "genai_app_client_spans_total",
    help: "Spans of browsers by what became of them",
    unit: "spans",
    labels: { outcome: closed(...clientSpanOutcomes) },
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
