import { httpDurationBounds } from "./bounds.ts";
import { type CounterRow, capped, type GaugeRow, type HistogramRow } from "./row.ts";

const method = capped(10);
const endpoint = capped(200);
const status = capped(64);

export const httpRequests = {
  type: "counter",
  name: "genai_app_http_requests_total",
  help: "Total number of HTTP requests",
  unit: "requests",
  labels: { method, endpoint, status },
  definition:
    "Requests that ended, each once, AIWatch's own routes included. `endpoint` is the route's template, `unmatched` where no route took the request; `status` is the answer's code, 499 where the client went away first. A series begins with its first request, at 1: for an alert on failures there is `genai_app_errors_total{operation=\"http\"}`, which begins at 0.",
  source: "The response's `close` event.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const httpRequestDuration = {
  type: "histogram",
  name: "genai_app_http_request_duration_seconds",
  help: "HTTP request duration in seconds",
  unit: "seconds",
  labels: { method, endpoint },
  bounds: httpDurationBounds,
  definition:
    "From the request's arrival at AIWatch's middleware to the close of its response: a streamed answer counts whole.",
  source: "The process's monotonic clock.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const activeRequests = {
  type: "gauge",
  name: "genai_app_active_requests",
  help: "Number of currently active requests",
  unit: "requests",
  labels: {},
  definition: "Requests that arrived and did not end yet. AIWatch's own routes (scrapes, health polls) are left out.",
  source: "Counted up at arrival and down at the response's `close` event.",
  aggregation: "sum",
} as const satisfies GaugeRow;
