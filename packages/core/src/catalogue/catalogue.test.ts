import { describe, expect, it } from "vitest";
import { type Catalogue, catalogue } from "./reference.ts";
import { referencePage } from "./test-support/reference-page.ts";

const rows: readonly Catalogue[keyof Catalogue][] = Object.values(catalogue);

/** The original system's table: names, types, labels, bounds and help that its users' queries rely on. */
const original = [
  ["http_requests_total", "counter", ["method", "endpoint", "status"], [], "Total number of HTTP requests"],
  [
    "http_request_duration_seconds",
    "histogram",
    ["method", "endpoint"],
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    "HTTP request duration in seconds",
  ],
  ["chat_tokens_total", "counter", ["direction", "model"], [], "Total number of tokens processed in chat"],
  [
    "model_latency_seconds",
    "histogram",
    ["model", "operation"],
    [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60],
    "Model response time in seconds",
  ],
  [
    "first_token_latency_seconds",
    "histogram",
    ["model"],
    [0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    "Time to first token in seconds",
  ],
  ["errors_total", "counter", ["type", "operation"], [], "Total number of errors"],
  ["active_requests", "gauge", [], [], "Number of currently active requests"],
  ["model_memory_bytes", "gauge", ["model"], [], "Model memory usage in bytes"],
  ["llamacpp_context_size", "gauge", ["model"], [], "Context window size in tokens for llama.cpp models"],
  [
    "llamacpp_prompt_eval_seconds",
    "histogram",
    ["model"],
    [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
    "Time spent evaluating the prompt in seconds",
  ],
  ["llamacpp_tokens_per_second", "gauge", ["model"], [], "Tokens generated per second"],
  ["llamacpp_memory_per_token_bytes", "gauge", ["model"], [], "Memory usage per token in bytes"],
  ["llamacpp_threads_used", "gauge", ["model"], [], "Number of threads used for inference"],
  ["llamacpp_batch_size", "gauge", ["model"], [], "Batch size used for inference"],
] as const;

describe("the catalogue", () => {
  it.each(original)("keeps the original's %s", (name, type, labels, bounds, help) => {
    const row = rows.find((candidate) => candidate.name === `genai_app_${name}`);
    expect(row).toMatchObject({ type, help });
    expect(Object.keys(row!.labels)).toEqual(labels);
    if (row?.type === "histogram") expect(row.bounds).toEqual(expect.arrayContaining([...bounds]));
  });

  it.each(rows.map((row) => [row.name, row] as const))(
    "%s is complete and named as Prometheus wants it",
    (name, row) => {
      expect(name).toMatch(/^genai_app_[a-z_]+$/);
      expect(name.endsWith("_total")).toBe(row.type === "counter");
      for (const text of [row.help, row.definition, row.source]) expect(text.trim().length).toBeGreaterThan(10);
      if (row.type === "histogram") expect([...row.bounds].sort((a, b) => a - b)).toEqual(row.bounds);
    },
  );

  it("is what docs/reference/metrics.md says", async () => {
    await expect(referencePage(rows)).toMatchFileSnapshot("../../../../docs/reference/metrics.md");
  });
});
