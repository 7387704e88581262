/** Tells the server what the browser saw. A report that fails is dropped: the chat goes on. */

/** @type {{ FCP?: number, LCP?: number }} milliseconds */
const paints = {};

observe("paint", (entry) => {
  if (entry.name === "first-contentful-paint") paints.FCP = entry.startTime;
});
observe("largest-contentful-paint", (entry) => {
  paints.LCP = entry.startTime;
});

let vitalsAreTold = false;

/**
 * @param {string} messageId
 * @param {import("./ask.js").Outcome} outcome
 */
export function reportAnswer(messageId, { firstTokenMs, totalMs }) {
  post("/metrics/log", {
    message_id: messageId,
    response_time_ms: totalMs,
    time_to_first_token_ms: firstTokenMs,
    ...(!vitalsAreTold && { web_vitals: webVitals() }),
  });
  vitalsAreTold = true;
}

/**
 * @param {unknown} error
 * @param {number} inputLength characters of the message
 */
export function reportError(error, inputLength) {
  const status = error instanceof Error && "status" in error ? Number(error.status) : undefined;
  post("/metrics/error", {
    error_type: errorType(status),
    status_code: status,
    input_length: inputLength,
    timestamp: new Date().toISOString(),
  });
}

/** @param {number | undefined} status */
function errorType(status) {
  if (status === undefined) return "network";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "server_error" : "unknown";
}

function webVitals() {
  const [navigation] = performance.getEntriesByType("navigation");
  const TTFB = navigation instanceof PerformanceNavigationTiming ? navigation.responseStart : undefined;
  return { ...paints, ...(TTFB !== undefined && { TTFB }) };
}

/**
 * @param {string} type
 * @param {(entry: PerformanceEntry) => void} onEntry
 */
function observe(type, onEntry) {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
  new PerformanceObserver((list) => list.getEntries().forEach(onEntry)).observe({ type, buffered: true });
}

/**
 * @param {string} path
 * @param {unknown} report
 */
function post(path, report) {
  const headers = { "content-type": "application/json" };
  fetch(path, { method: "POST", headers, body: JSON.stringify(report), keepalive: true }).catch(() => undefined);
}
