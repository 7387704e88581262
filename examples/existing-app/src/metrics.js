import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** The app's own registry and metrics, as they were before AIWatch. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

export const answers = new Counter({
  name: "app_answers_total",
  help: "Answers given",
  labelNames: ["outcome"],
  registers: [registry],
});

export const answerCharacters = new Histogram({
  name: "app_answer_characters",
  help: "Length of an answer in characters",
  buckets: [10, 100, 1000, 10_000],
  registers: [registry],
});
