import { catalogue as rows } from "./index.ts";
import type { CatalogueRow } from "./row.ts";

export type {
  Aggregation,
  CatalogueRow,
  CounterRow,
  GaugeRow,
  HistogramRow,
  JointCap,
  LabelRule,
  Unit,
} from "./row.ts";

/** What a metric means, in the words of the reference page and of the dashboards' panels. */
export interface RowReference {
  /** What exactly is counted or measured, from which moment to which, and what is left out. */
  readonly definition: string;
  /** Where the value comes from: the clock or the reading. */
  readonly source: string;
}

const reported =
  "The browser's own monotonic clock, posted to `/aiwatch/browser` or `/metrics/log`; bounded, never mixed with the server's figures.";

/** Said of each metric that does not wait for an answer's end. */
const underWay =
  "What the answers under way have so far is in it whenever it is read: a scrape, the summary and a cluster's answer move while they go on.";

/** Said of each counter that an engine may correct. */
const corrected = `${underWay} A total that an engine gives at the end takes the place of what was counted; where it is lower than what was read meanwhile, the counter stays where it was, and the next tokens pay the difference, which is \`genai_app_token_debt\`.`;

const servers = "What the server answers to AIWatch's own requests, which are made when somebody reads the metrics.";

/** Said of each counter that a watched server keeps. */
const serverCount =
  "All clients of the server count, so that it is no part of what the app's own inferences count. It is the server's own count, and what it had counted before each restart that this process saw; what it counted between the last reading and its end is lost. llama-server writes six digits: from a million on the last ones are rounded. Absent when the server does not tell it.";

/** By row. A row without its text here is a type error. */
const references = {
  httpRequests: {
    definition:
      "Requests that ended, each once, AIWatch's own routes included. `endpoint` is the route's template, `unmatched` where no route took the request; `status` is the answer's code, 499 where the client went away first. A series begins with its first request, at 1, which `rate()` and `increase()` do not see: shares and totals of the app's requests are in `genai_app_request_outcomes_total`, and what failed is in `genai_app_errors_total{operation=\"http\"}`. Both begin at 0.",
    source: "The response's `close` event.",
  },
  requestOutcomes: {
    definition:
      "Requests to the app that ended, each once, AIWatch's own routes left out. `failed`: what `genai_app_errors_total{operation=\"http\"}` counts, so answers of 500 and above, a full queue's 503 among them, and answers that broke off. `left`: the client went away first, status 499. `client_error`: any other status of 400 to 499, 429 among them. `ok`: all others, and connections that the app took over, such as a WebSocket. All four begin at 0 with the process, so that `rate()` and `increase()` see the first request of each.",
    source: "The response's `close` event.",
  },
  httpRequestDuration: {
    definition:
      "From the request's arrival at AIWatch's middleware to the close of its response: a streamed answer counts whole. A series begins with its first request, which `rate()` does not see.",
    source: "The process's monotonic clock.",
  },
  activeRequests: {
    definition: "Requests that arrived and did not end yet. AIWatch's own routes (scrapes, health polls) are left out.",
    source: "Counted up at arrival and down at the response's `close` event.",
  },
  admissionWaiting: {
    definition:
      "Entries into a queue, pool or limiter of the app's own that did not end yet. `queue` is the name that the app gives to `aiwatch.admission`. It begins at 0 when the queue is declared.",
    source: "The app's calls of `wait`, of what `wrap` gave, or of the handle of `enter`.",
  },
  admissionWait: {
    definition:
      "From entering the queue to the admission, for those that were admitted: who was refused, left or failed has none, and is in `genai_app_admissions_total`. 0 where nobody was ahead is a wait, too.",
    source: "The process's monotonic clock.",
  },
  admissions: {
    definition:
      "Entries that ended, each once, by what came first. `admitted`: its turn came. `refused`: the queue did not take it, being full. `left`: it gave up: its signal was aborted, its request was closed, or the app dropped it. `failed`: the queue itself did.",
    source:
      "The app's calls, the promise of what it waits for, the signal, and the close of the request that it entered in.",
  },
  chatTokens: {
    definition: `\`input\`: the prompt's tokens, those reused from the KV cache included. \`output\`: tokens that the model generated. Inferences that were aborted or failed count with the tokens they had. ${corrected}`,
    source: "The engine's own tokens, counted as they pass; never estimated from text.",
  },
  cachedPromptTokens: {
    definition: `The part of the \`input\` tokens that was in the KV cache already. ${corrected}`,
    source: "The sequence's next token index when the inference's first evaluation begins.",
  },
  reasoningTokens: {
    definition: `The part of the \`output\` tokens that lies inside thought segments; the tokens that open and close a segment are left out. Nothing is added where the model's template has no thoughts. ${corrected}`,
    source: "The engine's own tokens, between the template's opening and closing of a thought.",
  },
  undeliveredTokens: {
    definition:
      "Work that nobody got. A call that rejects delivers what it handed to its streaming callbacks: without one, all of its output tokens are undelivered; with one, the last token when the abort came before it was handed on, and thoughts where only the answer is streamed. A call that resolves delivers all it generated. Added when the inference ends: it is not known before.",
    source: "The engine's own tokens and how the call ended.",
  },
  tokenDebt: {
    definition:
      "How far a counter of tokens is ahead of what was recorded: a scrape found an answer's tokens while it went on, and the engine said in the end that they were fewer. A counter never falls, so that the next tokens of the model pay this first. `input` and `output` are those of `genai_app_chat_tokens_total`, `cached` and `reasoning` those of their own metrics. Absent where nothing is owed, which is the rule. What a process of a cluster owed when it ended stays in the cluster's counters.",
    source: "What each counter showed last against what was recorded and what is under way, read at the scrape.",
  },
  promptTokens: {
    definition:
      "The prompt's size for each inference that reached the engine, tokens reused from the KV cache included.",
    source: "The engine's own tokens.",
  },
  outputTokens: {
    definition:
      "Generated tokens of each chat or completion that reached the engine, the end token included, however it ended.",
    source: "The engine's own tokens.",
  },
  inferences: {
    definition:
      "Inferences that ended, each once, by how they ended. Its series begin at 0 with the model's first inference: `rate()` does not see one that ended before the next scrape.",
    source: "The inference's lifecycle.",
  },
  activeInferences: {
    definition:
      "Inferences whose evaluation has begun and that have not ended. Of a model behind HTTP all that have not ended: nobody sees which of them wait.",
    source: "The inference's lifecycle, read at the scrape.",
  },
  queuedInferences: {
    definition:
      "Inferences that were issued, have not ended, and of which no token was evaluated yet. Absent for a model behind HTTP: its server alone knows which of them wait, and `genai_app_model_server_deferred` shows it where the server tells.",
    source: "The inference's lifecycle, read at the scrape.",
  },
  oldestInference: {
    definition:
      "How long ago the oldest of the model's inferences that have not ended was issued, its wait in the queue included. Absent while none is under way. Of several processes the oldest.",
    source: "The process's monotonic clock, read at the scrape.",
  },
  lastTokenAge: {
    definition:
      "How long ago the newest token of the model's chats and completions under way came: it grows while none of them gets one, were it because the app runs a function that the model called. Absent while none is under way that had a token: until then it is `genai_app_oldest_inference_seconds` that grows. Of several processes the one that waits longest.",
    source: "The process's monotonic clock, read at the scrape.",
  },
  modelLatency: {
    definition:
      "From the call to its end, queue included, for inferences that completed (finish reason stop, length or tool_calls). `inference` means generation: chat and completion.",
    source: "The process's monotonic clock.",
  },
  requestFirstToken: {
    definition:
      "What a reader waits: from the request's arrival at AIWatch's door to the first token of the first chat or completion inside it, thoughts and tool calls included. Each request has one, observed when the token comes. If several inferences run at once, the one whose token comes first counts; if one fails before its first token, the next one can. Helpers (`forReader: false`, `withHelper`) are skipped. Not measured: a token that comes after the request closed, since nobody reads it; a WebSocket, whose questions come after its request; an inference of an instance with another clock. `beforeModelMs` in the log line is the part before the model was called: parsing, retrieval, the app's own queue.",
    source:
      "The process's monotonic clock, at the door and where the engine yields the token. If the door is mounted first, the arrival is Node's `request` event. The time that a request waits in the kernel while the event loop is blocked is not included; `genai_app_event_loop_delay_seconds` shows such blocks while inferences run.",
  },
  chats: {
    definition:
      "Requests that began a chat or completion for their reader, counted when the request was closed and the last of its inferences had ended, however that was; and such inferences outside of any request. The model is that of its last inference. Whoever was refused in the app's own line or left it there called no model: `genai_app_admissions_total` has them.",
    source: "The board of chats.",
  },
  chatPhases: {
    definition:
      "What those chats were at, from the request's arrival to its close, or to the end of the last inference where that was later: in the app's own `line`, in the engine's `queue`, at their `prompt`, at `decode`, at a `tool`; `before` is the rest, the app's own work before, between and after these. Of what goes on at once the first of decode, prompt, queue, line, tool counts, so that the phases do not overlap: divided by `genai_app_chats_total` they are means that add up to a chat's mean time. Where nobody says when the engine begins, as no model server does, `queue` is a part of `prompt`.",
    source: "The process's monotonic clock.",
  },
  firstTokenLatency: {
    definition: `From the call to its first token, queue included. An inference without a token has none: \`genai_app_first_token_waits_total\` says how many they are. ${underWay}`,
    source: "The process's monotonic clock, where the engine yields the token.",
  },
  firstTokenWaits: {
    definition: `Chats and completions by how their wait for the first token ended: \`got\` once it came, whatever came after; \`aborted\` or \`failed\` where the inference ended so before. What \`genai_app_first_token_latency_seconds\` holds are the \`got\` alone. An answer that completed without anybody having seen a first token, such as one that came in one piece, is none of them. ${underWay}`,
    source: "The inference's lifecycle.",
  },
  queueTime: {
    definition:
      "From the call to the moment when the first batch that holds its tokens is decoded: the waits for the session, the sequence and the context behind others, and the making of the prompt, which takes a millisecond or so where nobody is ahead. TTFT = queue + prompt evaluation. An inference that ended before has none.",
    source: "The process's monotonic clock.",
  },
  serverUnexplained: {
    definition:
      "Of models behind HTTP: the time to first token less what the server says it spent on its own queue, on loading the model and on the prompt; of an answer that came in one piece, its whole duration less that and the server's decoding. What remains is the server's queue where it tells none, the network, and its reading of the request. Two clocks' durations: an estimate, not a queue time, and absent where the server tells no times or more than was waited.",
    source: "The process's monotonic clock, and the server's figures in its answer.",
  },
  interTokenLatency: {
    definition: `Each gap between two tokens of an answer, from the moment when the next token is asked for to its arrival: what the consumer does between two tokens is left out. A stall of the process is in it; the event-loop delay beside it tells such a stall from a slow model. ${underWay}`,
    source: "The process's monotonic clock, at the iterator's calls and yields.",
  },
  timePerOutputToken: {
    definition:
      "(duration − TTFT) / (output tokens − 1), once for each inference that completed with two tokens or more. What the app's own callbacks and tools take is in it.",
    source: "The process's monotonic clock and the engine's own tokens.",
  },
  tokensPerSecond: {
    definition:
      "The decode rate: (output tokens − 1) / (last token − first token). While tokens come it is the sum over the running inferences; afterwards the last inference's rate, gone once the model was idle for a minute. Where there is none of ours: what the model itself tells, else what was reported by `recordLlamaCppMetrics` or `reportModel`, for a minute.",
    source:
      "The process's monotonic clock, at the tokens' yields; prompt evaluation is not in it. Of an engine that hands over pieces of text, at their arrival; of a model server that tells its decode time, by that.",
  },
  sloInferences: {
    definition:
      "Goodput: `good` when the wait from the request's arrival, TTFT, TPOT and latency all held their configured objectives, as far as the inference has them: an embedding has no tokens to wait for, and the wait from the arrival is asked of the inference whose token ends it, and of those that end while it goes on. A failure is `bad`. An aborted inference is `bad` when an objective was missed before the abort, and is not counted otherwise; nor is one of which nobody knows whether it held, such as a long answer that came in one piece, where the first token has an objective. Absent where no objective is configured.",
    source: "The inference's durations and the objectives of `createAiwatch({ slo })` or `AIWATCH_SLO_*`.",
  },
  sloObjective: {
    definition:
      "What an inference has to hold to be `good`: `request_first_token` from the request's arrival to the first token, `ttft`, `tpot`, `latency`. Absent where the objective is not set. Of several instances on one registry it is what the last one with that objective was created with.",
    source: "`createAiwatch({ slo })` or `AIWATCH_SLO_*`.",
  },
  toolCalls: {
    definition:
      "Ended runs of the app's functions: `ok` when it returned, `error` when it threw, `aborted` when it threw the reason of an abort or the inference was aborted while it ran. Its series begin at 0 with the tool's first call: `rate()` does not see one that ended before the next scrape.",
    source: "The function's own start and end.",
  },
  toolCallDuration: {
    definition: "From the call of the app's function to its end, however it ended.",
    source: "The process's monotonic clock.",
  },
  modelMemory: {
    definition:
      "The memory of the model's tensors. Loaded twice it counts twice; contexts and KV caches are not in it.",
    source: "llama.cpp's size of the loaded model: the sum of the GGUF's tensor sizes.",
  },
  modelLoad: {
    definition:
      "From the call of `loadModel` to the loaded model. Loaded several times: the longest. Absent where the model was loaded before it could be observed.",
    source: "The process's monotonic clock, around `loadModel` of an instrumented `Llama`.",
  },
  modelInfo: {
    definition:
      "The GGUF's architecture, its quantization by llama.cpp's name of the file type, its number of parameters, the back end that computes (`cpu` without a GPU) and the context size that it was trained with. A label is empty where the file or the release of node-llama-cpp does not tell.",
    source: "The GGUF's metadata and node-llama-cpp.",
  },
  contextSize: {
    definition:
      "Tokens that one sequence can hold, as llama.cpp padded it. Where contexts of one model differ: the largest.",
    source: "The context's own figure.",
  },
  contextTokens: {
    definition: "Tokens in the KV cache, added up over the model's observed sequences.",
    source: "Each sequence's next token index, read at the scrape.",
  },
  kvCacheUsage: {
    definition:
      "Tokens in a sequence's KV cache over those that it can hold. Of several sequences the fullest: it is the next to be shifted.",
    source: "The sequence's next token index and the context's size, read at the scrape.",
  },
  contextShifts: {
    definition: `Evictions while an inference ran: by the sequence itself in the midst of a decode, or by a chat or completion that goes on with a shortened history in a full context. A history that is shortened before its first evaluation is none. ${underWay}`,
    source:
      "The sequence's own eviction, as it begins, and its next token index, which is lower where a full context's next evaluation begins.",
  },
  sequences: {
    definition:
      "`active` were given out by `getSequence` and are not disposed; `free` are left. Added up over the observed contexts.",
    source: "The contexts' own figures, read at the scrape.",
  },
  contextMemory: {
    definition:
      "What node-llama-cpp reckons its contexts to take, KV cache and compute buffers, main memory and GPU memory together. Added up over the observed contexts. Absent before node-llama-cpp 3.21.",
    source: "`context.memoryUsage`.",
  },
  vram: {
    definition:
      "`total`: the memory of all GPUs that llama.cpp was started with. `used`: what is taken of it, by other programs too, since that is what a next model cannot have. Where memory is shared with the processor, as on a Mac, it is the part of it that the GPU may use, and `used` is what node-llama-cpp reckons of that. Read once for each `Llama`, however many models it loaded; of several, and of the processes of one machine, the largest: their GPUs are the same. Absent without a GPU, where the reading fails, and where it takes longer than a scrape waits for it, which is 100 ms.",
    source: "`llama.getVramState()`, read at the scrape.",
  },
  memoryPerToken: {
    definition:
      "KV-cache bytes of one token: layers × KV heads × (key length × bytes per key element + value length × bytes per value element). Absent for layouts that this does not fit (sliding windows, latent attention, recurrent layers). Where contexts of one model differ: the largest.",
    source: "The GGUF's metadata and the context's KV-cache types.",
  },
  threadsUsed: {
    definition:
      "Threads that the context decodes with; while it is idle, those it decodes with as soon as there is work. Where contexts of one model differ: the largest.",
    source: "The context's own figures.",
  },
  batchSize: {
    definition: "Tokens that one decode may hold, as configured. Where contexts of one model differ: the largest.",
    source: "The context's own figure.",
  },
  promptEval: {
    definition:
      "From the moment the engine begins to evaluate the prompt to its first token, queue left out. Tokens reused from the KV cache cost nothing here.",
    source: "The process's monotonic clock, between the first decode of the prompt and the first token's yield.",
  },
  promptEvalTokens: {
    definition: `Tokens that were really decoded as a prompt: without those reused from the KV cache, without what an abort left undone, and with what a context shift made the engine evaluate again. ${underWay}`,
    source: "The sequence's token meter, as each batch is decoded.",
  },
  llamaCppTokensPerSecond: {
    definition:
      "`genai_app_tokens_per_second` of llama.cpp alone, under the name that the Go system has for it: of its inferences, else what a model that it runs tells or what was reported of it. Absent for the models of other engines. What nobody named the engine of is llama.cpp's.",
    source: "The process's monotonic clock, at the tokens' yields; prompt evaluation is not in it.",
  },
  decodeBatchTokens: {
    definition:
      "Tokens of each native batch of an observed context, those of all the sequences that share it, observed or not.",
    source: "What node-llama-cpp opens each native batch with.",
  },
  speculativeTokens: {
    definition:
      "`used`: right and taken into the answer. `unused`: right, and the answer went on without it or ended; llama-server does not tell them. `refuted`: wrong, or behind one that was wrong: its evaluation was in vain. Absent without a token predictor or a draft model; a series begins with its first tokens, which `rate()` does not see.",
    source: "The sequence's own statistics, as differences over each inference.",
  },
  modelServerUp: {
    definition:
      "1 when the server answered as ready to serve, a sleeping model included, which wakes at a request. 0 when it loads its model, cannot be reached, answers late, refuses the key, redirects, or is no model server that AIWatch knows: readiness then says which. A figure that it does not tell makes no 0.",
    source: servers,
  },
  modelServerRestarts: {
    definition:
      "Times that a llama-server with one model began anew while this process watched it, found at the next reading: its start time changed or, in a release that does not tell one, a count of its fell. It begins at 0 with the first reading that can tell. Several restarts between two readings are one. Absent for a router, Docker Model Runner and Ollama: a model that they unload and load again is no restart.",
    source: "The start time of `GET /metrics`, which `intervalMs` has read also when nobody scrapes.",
  },
  modelServerModels: {
    definition:
      "One series for each model, in its present state: `loaded`, `loading`, `sleeping` (unloaded after `--sleep-idle-seconds`, wakes at a request), `unloaded` and `failed` (a router's alone). Ollama and Docker Model Runner name those that are loaded.",
    source: "llama-server's `/props` and `/v1/models`, Ollama's `/api/ps`, Docker Model Runner's `/engines/ps`.",
  },
  modelServerSlots: {
    definition:
      "`active` slots process a request, `free` ones wait for one. Without `/props`, as in Docker Model Runner, the free ones are unknown, and absent.",
    source: "`requests_processing` of `GET /metrics` and `total_slots` of `GET /props`.",
  },
  modelServerDeferred: {
    definition: "Requests of all clients that wait in the server because no slot is free. It is the server's queue.",
    source: "`requests_deferred` of `GET /metrics`.",
  },
  modelServerContextSize: {
    definition: "Tokens that one conversation can hold: llama-server divides `--ctx-size` among its slots.",
    source: "`n_ctx` of `GET /props`; Ollama's `context_length`.",
  },
  modelServerMemory: {
    definition: "What a loaded model takes in GPU memory (`gpu`) and in main memory (`main`), its context included.",
    source: "`size` and `size_vram` of Ollama's `/api/ps`. llama-server does not tell it.",
  },
  llamaCppServerKvCacheUsage: {
    definition:
      "Tokens in a slot that processes a request over those that it can hold; of several slots the fullest. Absent while none does: asking an idle server would keep it from sleeping, or wake it.",
    source:
      "`GET /slots`, asked only when `/props` says that the model is awake and `/metrics` that a request is processed.",
  },
  llamaCppServerPromptEvalTokens: {
    definition: `Prompt tokens that the server evaluated, those reused from its KV cache left out. ${serverCount}`,
    source: "`prompt_tokens_total` of `GET /metrics`.",
  },
  llamaCppServerCachedPromptTokens: {
    definition: `Prompt tokens that the server found in its KV cache. ${serverCount}`,
    source: "`prompt_tokens_cached_total` of `GET /metrics`.",
  },
  llamaCppServerPromptEval: {
    definition: `Time in which the server evaluated prompts. Tokens over this time are its speed at prompts. ${serverCount}`,
    source: "`prompt_seconds_total` of `GET /metrics`.",
  },
  llamaCppServerOutputTokens: {
    definition: `Tokens that the server generated, added by it at the end of each answer. ${serverCount}`,
    source: "`tokens_predicted_total` of `GET /metrics`.",
  },
  llamaCppServerDecode: {
    definition: `Time in which the server generated tokens, added at the end of each answer. Tokens over this time are its speed. ${serverCount}`,
    source: "`tokens_predicted_seconds_total` of `GET /metrics`.",
  },
  llamaCppServerDecodes: {
    definition: `Calls of \`llama_decode()\`, each a batch of one or more requests' tokens. ${serverCount}`,
    source: "`n_decode_total` of `GET /metrics`.",
  },
  clientFirstToken: {
    definition: "From the user's action to the first piece of the answer in the page, network included.",
    source: reported,
  },
  clientResponse: {
    definition: "From the user's action to the end of the answer in the page, network included.",
    source: reported,
  },
  clientAnswers: {
    definition:
      "Answers that `@aiwatch/browser` saw begin and end, each once. `answered`: to its end. `failed`: the connection broke, the status was 400 or above, or the stream said so. `aborted`: its reader stopped it or left the page, after the first text. `left`: the same, before the first text; those waits are in no histogram of first tokens. A request that its reader gave up before the response began is in it only where the page called `answer()` for it: of `reporter.fetch` it is not known that it would have been an answer. All four begin at 0 where the app takes reports.",
    source: "Posted to `/aiwatch/browser`. A batch that arrives twice counts once in a process.",
  },
  clientSpans: {
    definition:
      "Spans that pages posted, by what became of them. `taken`: handed to the exporter. `unknown_trace`: this process did not answer that call of a page in the last ten minutes, or not with a sampled span, or a span of it was taken already: another process of a balancer answered it, or the span is made up. `no_exporter`: neither `startTracing` nor `browserSpans` runs here. All three begin at 0 where the app takes reports.",
    source: "Posted to `/aiwatch/browser`, compared with the server's own spans.",
  },
  clientWebVital: {
    definition: "Time to first byte, first contentful paint, largest contentful paint, interaction to next paint.",
    source: reported,
  },
  buildInfo: {
    definition:
      "`version` is the release of `@aiwatch/core`, `node` that of Node.js, `engine` the engines with their releases as `health.reportVersion` was given them, by an adapter or by the app, in the order of their names and with a comma between two; empty, and so absent, where none was. One series a process.",
    source: "The package, `process.versions` and `health.reportVersion`.",
  },
  errors: {
    definition:
      "Failures by what they were and where: `http` (answers of 500 and above, connections that failed in mid-answer; AIWatch's own routes are left out), `inference`, `tool`, `client` (posted by browsers, which may add ten types of their own). A client that goes away is no error. Our own types begin at 0, and so do those that an adapter declares; those of `http` are all ours. An error that is named by its class begins at 1, and `increase()` of its series does not see the first. An alert sees each one by `increase(sum by (job, instance, operation) (genai_app_errors_total)[5m:15s])` (with your scrape interval for `15s`): the sum begins at 0 with the process, whatever the types and models.",
    source: "The lifecycles of requests and inferences; `/aiwatch/browser` and `/metrics/error` for `client`.",
  },
  telemetryErrors: {
    definition:
      "Exceptions inside AIWatch or inside an observer, each caught, counted here and written once to the diagnostics.",
    source: "The guard around every hook.",
  },
  spansDropped: {
    definition:
      "Spans lost for good: the queue was full, the collector did not take them or said that it rejected some, or the process had no time left. Only of pipelines that `startTracing` made, and only while an instance is there.",
    source: "The span processor and the exporter of `@aiwatch/tracing`.",
  },
  seriesDropped: {
    definition:
      "Recordings, by metric, in which at least one label value was new after that label's cap was reached, or the combination of all values was new after the combinations' cap was.",
    source: "The instruments.",
  },
  eventLoopDelay: {
    definition:
      "How late a timer of 20 ms fired, sampled only while at least one inference is running. A token cannot be handed on while the event loop is busy: where this rises with the inter-token latency, the process stalled and not the model.",
    source: "A timer against the process's monotonic clock.",
  },
  clusterWorkers: {
    definition:
      "What one answer for a whole cluster is made of: the processes of a `node:cluster` and worker threads. Where `silent` is not 0, it holds no gauges of so many workers, and their counters are as they were last heard of. Only where `joinCluster` was called.",
    source: "The cluster's primary, which asks the workers at each scrape.",
  },
} as const satisfies Record<keyof typeof rows, RowReference>;

/** The catalogue with its definitions. */
export type Catalogue = { readonly [Key in keyof typeof rows]: (typeof rows)[Key] & RowReference };

/**
 * Every metric as data, with its exact definition and its source: for documents, dashboards and tools. An app at work needs none of these
 * texts, so that the catalogue of `@aiwatch/core` leaves them out.
 * @example
 * import { catalogue } from "@aiwatch/core/catalogue";
 * for (const { name, definition } of Object.values(catalogue)) console.log(name, definition);
 */
export const catalogue = withReferences();

function withReferences(): Catalogue {
  const texts: Readonly<Record<string, RowReference>> = references;
  const documented = Object.entries<CatalogueRow>(rows).map(([key, row]) => [key, { ...row, ...texts[key] }]);
  return Object.fromEntries(documented) as Catalogue;
}
