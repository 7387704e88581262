import { httpDurationBounds } from "./bounds.ts";
import { type CatalogueRow, capped, closed } from "./row.ts";
import { requestOutcomes } from "./values.ts";

const method = capped(10);
const endpoint = capped(200);
const status = capped(64);

export const httpRows = {
  httpRequests: {
    type: "counter",
    name: "genai_app_http_requests_total",
    help: "Total number of HTTP requests",
    unit: "requests",
    labels: { method, endpoint, status },
    together: { label: "endpoint", cap: 1000 },
    aggregation: "sum",
  },
  requestOutcomes: {
    type: "counter",
    name: "genai_app_request_outcomes_total",
    help: "Total number of requests to the app by what became of them",
    unit: "requests",
    labels: { outcome: closed(...requestOutcomes) },
    aggregation: "sum",
  },
  httpRequestDuration: {
    type: "histogram",
    name: "genai_app_http_request_duration_seconds",
    help: "HTTP request duration in seconds",
    unit: "seconds",
    labels: { method, endpoint },
    together: { label: "endpoint", cap: 400 },
    bounds: httpDurationBounds,
    aggregation: "sum",
  },
  activeRequests: {
    type: "gauge",
    name: "genai_app_active_requests",
    help: "Number of currently active requests",
    unit: "requests",
    labels: {},
    aggregation: "sum",
  },
} as const satisfies Record<string, CatalogueRow>;
