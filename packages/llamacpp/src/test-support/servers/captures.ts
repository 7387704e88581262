/** Answers of real servers to `GET`s, shortened where nobody reads: llama-server b11549, Ollama 0.17.4, Docker Model Runner 1.2.9. */

export const props = (over: object = {}) => ({
  default_generation_settings: { params: { temperature: 0.800000011920929 }, n_ctx: 1024 },
  total_slots: 2,
  model_alias: "models/tiny-chat-5984d345f535.gguf",
  model_ftype: "F16",
  model_path: "models/tiny-chat-5984d345f535.gguf",
  modalities: { vision: false, video: false, audio: false },
  endpoint_slots: true,
  endpoint_props: true,
  endpoint_metrics: true,
  build_info: "b0-unknown",
  is_sleeping: false,
  ...over,
});

export const models = {
  object: "list",
  data: [
    {
      id: "models/tiny-chat-5984d345f535.gguf",
      aliases: ["models/tiny-chat-5984d345f535.gguf"],
      object: "model",
      owned_by: "llamacpp",
      meta: { n_ctx: 1024, n_ctx_train: 4096, n_params: 545_152, size: 1_074_944 },
    },
  ],
};

/** The text of `/metrics`, with its self-resetting gauges. */
export const metrics = (over: Readonly<Record<string, number | string>> = {}, labels = "") => {
  const values = {
    prompt_tokens_total: 47,
    prompt_tokens_cached_total: 116,
    prompt_seconds_total: 0.338187,
    tokens_predicted_total: 58,
    tokens_predicted_seconds_total: 0.082184,
    n_decode_total: 54,
    n_tokens_max: 20,
    prompt_tokens_seconds: 138.976,
    predicted_tokens_seconds: 462.377,
    requests_processing: 0,
    requests_deferred: 0,
    n_busy_slots_per_decode: 1.07407,
    ...over,
  };
  const typeOf = (name: string) => (/_total$|_max$/.test(name) ? "counter" : "gauge");
  return Object.entries(values)
    .map(
      ([name, value]) =>
        `# HELP llamacpp:${name} x\n# TYPE llamacpp:${name} ${typeOf(name)}\nllamacpp:${name}${labels} ${value}\n`,
    )
    .join("");
};

const slot = (over: object) => ({ n_ctx: 1024, speculative: false, is_processing: false, params: {}, ...over });

/** One slot at work, one that holds the tokens of an answer that ended, and an unused one. */
export const slots = [
  slot({ id: 0, is_processing: true, id_task: 3, n_prompt_tokens: 256, next_token: [{ n_decoded: 331 }] }),
  slot({ id: 1, id_task: 2, n_prompt_tokens: 1000 }),
  slot({ id: 2 }),
];

export const loading = { error: { message: "Loading model", type: "unavailable_error", code: 503 } };
export const invalidKey = { error: { message: "Invalid API Key", type: "authentication_error", code: 401 } };
export const notFound = { error: { message: "File Not Found", type: "not_found_error", code: 404 } };
export const noMetrics = {
  error: { message: "This server does not support metrics endpoint.", type: "not_supported_error", code: 501 },
};

export const ollamaPs = {
  models: [
    {
      name: "tiny:latest",
      model: "tiny:latest",
      size: 2_705_152,
      digest: "1b8c6f18c6348ff8fb8f5511dca9068c8029a96382b83161840c641bc2a5ee57",
      details: { format: "gguf", family: "llama", parameter_size: "545K", quantization_level: "F16" },
      expires_at: "2026-11-28T18:56:47.614046476Z",
      size_vram: 1_000_000,
      context_length: 4096,
    },
  ],
};

export const enginesPs = [
  {
    backend_name: "llama.cpp",
    model_name: "ai/tiny",
    mode: "completion",
    last_used: "2026-11-28T18:27:49.699128036Z",
  },
];

export const modelRunnerPs = {
  models: [{ name: "docker.io/ai/tiny:latest", model: "docker.io/ai/tiny:latest", size: 0 }],
};
