import { byId, element } from "./element.js";
import { count, duration, percent, rate, size } from "./figures.js";

/** The figures of `GET /metrics/summary`, looked at every few seconds while the page is seen. */

const everyMs = 3000;

/**
 * Of the summary's flat fields only the counts: in the others 0 also stands for "not known".
 *
 * @typedef {import("@aiwatch/core").Summary} Summary
 * @type {readonly (readonly [name: string, read: (summary: Summary) => string, title: string])[]}
 */
export const figures = [
  ["response time", (s) => duration(s.averages.responseMs), "Mean duration of chat requests"],
  [
    "first token",
    (s) => duration(s.window.firstTokenMs.p50),
    "From the request’s arrival, the line included: the median of the last five minutes",
  ],
  ["tokens out", (s) => count(s.tokensGenerated), "Tokens that the model generated"],
  ["tokens in", (s) => count(s.tokensProcessed), "Prompt tokens, those from the KV cache included"],
  ["speed", (s) => rate(s.models[0]?.tokensPerSecond), "Tokens generated per second"],
  ["in flight", (s) => count(s.activeUsers), "Requests being answered now"],
  ["requests", (s) => count(s.totalRequests), "HTTP requests, AIWatch’s own routes left out"],
  ["errors", (s) => percent(s.averages.errorRate), "Failed requests over all"],
  ["stopped", (s) => count(s.inferences.aborted), "Answers that were broken off"],
  ["prompt eval", (s) => duration(s.models[0]?.promptEvalMs), "Evaluation of the latest prompt"],
  ["context", (s) => count(s.models[0]?.contextSize), "Tokens that one conversation can hold"],
  ["memory / token", (s) => size(s.models[0]?.memoryPerTokenBytes), "KV cache of one token"],
  ["model memory", (s) => size(s.models[0]?.modelMemoryBytes), "Memory of the model itself"],
  ["threads", (s) => count(s.models[0]?.threadsUsed), "Threads used for inference"],
];

/** Fills the panel and keeps it fresh. @returns {() => void} looks now */
export function startPanel() {
  const state = byId("panel-state", HTMLElement);
  const values = figures.map(([name, , title]) => {
    const value = element("dd", "", "–");
    const figure = element("div", "", element("dt", "", name), value);
    figure.title = title;
    byId("figures", HTMLElement).append(figure);
    return value;
  });

  const refresh = async () => {
    const summary = await fetchSummary();
    state.textContent = summary === undefined ? "out of reach" : "live";
    state.classList.toggle("bad", summary === undefined);
    figures.forEach(([, read], index) => {
      const value = values[index];
      if (value) value.textContent = summary === undefined ? "–" : read(summary);
    });
  };

  const look = () => {
    if (!document.hidden) void refresh();
  };
  look();
  setInterval(look, everyMs);
  document.addEventListener("visibilitychange", look);
  return look;
}

/** @returns {Promise<Summary | undefined>} */
async function fetchSummary() {
  try {
    const response = await fetch("/metrics/summary");
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
