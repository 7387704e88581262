import { type CatalogueRow, capped, closed } from "./row.ts";
import { memoryPlaces, servedModelStates, slotStates } from "./values.ts";

/** An app watches a few servers. */
const server = capped(20);

/** What servers name, apart from the models of the app's own inferences: a router's list must not push those out. */
const model = capped(50);

/** What a watched model server says of itself, all its clients included. Several processes that watch one server read the same figures. */
export const serverRows = {
  modelServerUp: {
    type: "gauge",
    name: "genai_app_model_server_up",
    help: "Whether the watched model server is ready to serve: 1 or 0",
    unit: "model servers",
    labels: { server },
    aggregation: "max",
  },
  modelServerRestarts: {
    type: "counter",
    name: "genai_app_model_server_restarts_total",
    help: "Restarts of the watched model server that were found",
    unit: "restarts",
    labels: { server },
    aggregation: "max",
  },
  modelServerModels: {
    type: "gauge",
    name: "genai_app_model_server_models",
    help: "Models that the watched server names, each with its state; always 1",
    unit: "models",
    labels: { server, model, state: closed(...servedModelStates) },
    aggregation: "max",
  },
  modelServerSlots: {
    type: "gauge",
    name: "genai_app_model_server_slots",
    help: "Slots of the watched server: how many requests it can process at once",
    unit: "slots",
    labels: { server, model, state: closed(...slotStates) },
    aggregation: "max",
  },
  modelServerDeferred: {
    type: "gauge",
    name: "genai_app_model_server_deferred",
    help: "Requests that wait in the watched server for a slot",
    unit: "requests",
    labels: { server, model },
    aggregation: "max",
  },
  modelServerContextSize: {
    type: "gauge",
    name: "genai_app_model_server_context_size",
    help: "Tokens that one slot of the watched server can hold",
    unit: "tokens",
    labels: { server, model },
    aggregation: "max",
  },
  modelServerMemory: {
    type: "gauge",
    name: "genai_app_model_server_memory_bytes",
    help: "Memory that the watched server says a model takes, in bytes",
    unit: "bytes",
    labels: { server, model, place: closed(...memoryPlaces) },
    aggregation: "max",
  },
  llamaCppServerKvCacheUsage: {
    type: "gauge",
    name: "genai_app_llamacpp_server_kv_cache_usage_ratio",
    help: "Part of the context in use in the fullest slot at work, 0 to 1",
    unit: "ratio",
    labels: { server, model },
    aggregation: "max",
  },
  llamaCppServerPromptEvalTokens: {
    type: "counter",
    name: "genai_app_llamacpp_server_prompt_eval_tokens_total",
    help: "Prompt tokens that the watched server evaluated, without cached ones",
    unit: "tokens",
    labels: { server, model },
    aggregation: "max",
  },
  llamaCppServerCachedPromptTokens: {
    type: "counter",
    name: "genai_app_llamacpp_server_cached_prompt_tokens_total",
    help: "Prompt tokens that the watched server reused from its KV cache",
    unit: "tokens",
    labels: { server, model },
    aggregation: "max",
  },
  llamaCppServerPromptEval: {
    type: "counter",
    name: "genai_app_llamacpp_server_prompt_eval_seconds_total",
    help: "Time that the watched server spent on evaluating prompts, in seconds",
    unit: "seconds",
    labels: { server, model },
    aggregation: "max",
  },
  llamaCppServerOutputTokens: {
    type: "counter",
    name: "genai_app_llamacpp_server_output_tokens_total",
    help: "Tokens that the watched server generated",
    unit: "tokens",
    labels: { server, model },
    aggregation: "max",
  },
  llamaCppServerDecode: {
    type: "counter",
    name: "genai_app_llamacpp_server_decode_seconds_total",
    help: "Time that the watched server spent on generating tokens, in seconds",
    unit: "seconds",
    labels: { server, model },
    aggregation: "max",
  },
  llamaCppServerDecodes: {
    type: "counter",
    name: "genai_app_llamacpp_server_decodes_total",
    help: "Native batches that the watched server decoded",
    unit: "calls",
    labels: { server, model },
    aggregation: "max",
  },
} as const satisfies Record<string, CatalogueRow>;
