/** How answers end, whatever the client: each client plays all of them, or says why it cannot. */
import { broken, call, finish, sentinel, text, thought, words } from "../server/pieces.ts";
import type { Ending } from "./ending.ts";
import { atOnce, callsWeather, complete, completePieces, hangs, opens, refusesFirst, says, silent } from "./scripts.ts";
import { failed, left, streamed, whole } from "./told.ts";

const noWait =
  "it waits a second and more between attempts, whatever the server asks for, and its attempts are told by nothing";

const called = { output: 12, toolCalls: 1 };
const heard = { output: 2, prompt: 30 };

/** The answer is whole. */
const completed: readonly Ending[] = [
  { name: "complete, in one piece", verb: "whole", play: complete, told: [whole("length")] },
  { name: "complete, streamed", verb: "stream", play: complete, told: [streamed("length")] },
  {
    name: "complete, with a usage chunk",
    verb: "stream",
    options: { includeUsage: true },
    play: complete,
    told: [streamed("length")],
    without: { ollama: "its API has no such option: counts are always there" },
  },
  {
    name: "a stop of the model's own",
    verb: "stream",
    play: says([...words, finish("stop"), sentinel]),
    told: [streamed("stop")],
  },
  {
    name: "two choices, streamed",
    verb: "stream",
    options: { n: 2 },
    play: says([
      text("Let", 1),
      text("Let"),
      text(" me", 1),
      finish("length", { output: 2 }, 1),
      text(" me"),
      finish("length", { output: 2 }),
      sentinel,
    ]),
    told: [streamed("length", { output: 4 })],
    without: noChoices(),
  },
  {
    name: "two choices, in one piece",
    verb: "whole",
    options: { n: 2 },
    play: says([
      text("Let me"),
      text("Let me", 1),
      finish("length", { output: 2 }),
      finish("length", { output: 2 }, 1),
    ]),
    // llama-server counts one of them
    told: [whole("length", { output: undefined })],
    without: noChoices(),
  },
  {
    name: "thoughts before the words",
    verb: "stream",
    play: says([thought("Hmm"), thought(":"), ...words, finish("stop", { output: 5 }), sentinel]),
    told: [streamed("stop", { output: 5 })],
  },
  {
    name: "thoughts in one piece",
    verb: "whole",
    play: says([thought("Hmm:"), ...words, finish("stop", { output: 5 }), sentinel]),
    told: [whole("stop", { output: 5 })],
  },
  {
    name: "a function is called, streamed",
    verb: "stream",
    options: { tools: true },
    play: says([call("weather", '{"city":"Rome"}'), finish("tool_calls", { output: 12 }), sentinel]),
    told: [streamed("tool_calls", { output: 12, toolCalls: 1 })],
    unlike: {
      ollama: { why: "its word is stop", told: [streamed("tool_calls", { ...called, finish: "tool_calls stop" })] },
    },
  },
  {
    name: "a function is called, and the model hears of its result",
    verb: "tools",
    play: callsWeather,
    told: [whole("tool_calls", called), whole("stop", heard)],
    unlike: {
      ollama: {
        why: "its word is stop",
        told: [whole("tool_calls", { ...called, finish: "tool_calls stop" }), whole("stop", heard)],
      },
    },
  },
  {
    name: "an empty answer",
    verb: "stream",
    play: says([finish("stop", { output: 1 }), sentinel]),
    told: [streamed("stop", { output: 1, first: false })],
  },
  {
    name: "several events in one network chunk",
    verb: "stream",
    play: (answer) => answer.atOnce(...completePieces),
    told: [streamed("length")],
  },
  { name: "a slow consumer", verb: "slow", play: complete, told: [streamed("length")] },
  { name: "two at once", verb: "two", play: complete, told: [streamed("length"), streamed("length")] },
];

function noChoices() {
  const why = "it asks for one choice";
  return {
    ollama: "its API has one choice",
    "AI SDK, openai-compatible": why,
    "AI SDK, openai": why,
    "LangChain, openai": why,
  };
}

/** The bytes are laid out in another way, and say the same. */
const layouts: readonly Ending[] = [
  {
    name: "split at every byte",
    verb: "stream",
    play: says(completePieces, { bytewise: true }),
    told: [streamed("length")],
  },
  {
    name: "lines that end in CRLF",
    verb: "stream",
    play: says(completePieces, { crlf: true }),
    told: [streamed("length")],
  },
  { name: "gzip", verb: "stream", play: says(completePieces, { gzip: true }), told: [streamed("length")] },
  {
    name: "comments and pings between events",
    verb: "stream",
    play: says(completePieces, { prefix: ": hello\n\n", between: ": ping\n\n" }),
    told: [streamed("length")],
    without: { ollama: "lines of JSON have no comments" },
  },
  {
    name: "a byte-order mark",
    verb: "stream",
    play: says(completePieces, { prefix: "\uFEFF" }),
    told: [streamed("length")],
  },
  {
    name: "an event of ten megabytes",
    verb: "stream",
    play: says([text("Let"), text("x".repeat(10_000_000)), finish("length"), sentinel]),
    told: [streamed("length")],
    faults: ["RangeError: a line is too long"],
  },
  {
    name: "no sentinel after the finish reason",
    verb: "stream",
    play: says([...words, finish("length")]),
    told: [streamed("length")],
  },
];

const read = { first: true, output: "some" } as const;
const aheadOfTheApp = { why: "it reads ahead of the app", told: [left(read)] };
const readsAhead = {
  "AI SDK, openai-compatible": aheadOfTheApp,
  "AI SDK, openai": aheadOfTheApp,
  "LangChain, openai": aheadOfTheApp,
  "LangChain, ollama": aheadOfTheApp,
};
const readsOn = { "AI SDK, ollama": { why: "it reads on to the server's end, whoever left", told: [] } };

/** The app ends it. */
const leaving: readonly Ending[] = [
  {
    name: "the app breaks after two pieces",
    verb: "break",
    play: hangs,
    told: [left({ first: true, output: "some" })],
    unlike: readsOn,
  },
  { name: "the app throws at the second piece", verb: "throw", play: hangs, told: [left(read)], unlike: readsOn },
  {
    name: "the app aborts before the headers",
    verb: "abortBefore",
    play: silent,
    told: [left({ served: false })],
    without: {
      ollama: "`abort()` reaches a stream that was answered",
    },
  },
  {
    name: "the app aborts an answer in one piece",
    verb: "abortWhole",
    play: silent,
    told: [left({ served: false })],
    without: { ollama: "`abort()` reaches streams" },
  },
  { name: "the app aborts in the answer", verb: "abortIn", play: hangs, told: [left({ first: true, output: "some" })] },
  {
    name: "the client's own timeout",
    verb: "timeout",
    play: silent,
    told: [failed("timeout", { served: false })],
    unlike: abortsWithoutReason(),
    without: { ollama: "it has none" },
  },
  {
    name: "an answer that nobody reads",
    verb: "unread",
    // who reads one event ahead has its first word, too
    play: (answer, request) => hangs(answer.as({ joined: true }), request),
    told: [left()],
    unlike: { ...readsOn, ...readsAhead },
  },
  {
    name: "an answer without a word yet that nobody reads",
    verb: "unread",
    play: opens,
    told: [left()],
    only: ["openai 6", "openai 7", "fetch", "LangChain, openai"],
  },
  {
    name: "an answer that is dropped after its first word",
    verb: "dropped",
    play: hangs,
    unlike: readsOn,
    told: [left({ first: true, output: "some" })],
  },
  {
    name: "an answer that is dropped before its first word",
    verb: "droppedEarly",
    play: opens,
    told: [left()],
    only: ["openai 6", "openai 7", "fetch"],
  },
];

function cancelsItsBody() {
  const told = [failed("unavailable"), failed("unavailable"), whole("length")];
  const unlike = { why: "it cancels the body of what it tries again, unread", told };
  return { "openai 6": unlike, "openai 7": unlike };
}

function throwsAtIt() {
  // it had read what came behind it
  const told = [left({ first: true, ...whole("length"), finish: "aborted" })];
  const unlike = { why: "it throws, and leaves the rest", told };
  return { "openai 6": unlike, "openai 7": unlike, "LangChain, openai": unlike };
}

const overloaded = { code: 500, type: "server_error", message: "the slot is broken" };

function abortsWithoutReason() {
  const unlike = { why: "it aborts as an app does, and gives no reason", told: [left({ served: false })] };
  return { "openai 6": unlike, "openai 7": unlike };
}

/** The server or the network ends it. */
const failing: readonly Ending[] = [
  {
    name: "cut in the answer",
    verb: "stream",
    async play(answer) {
      await answer.say(...words);
      answer.cut();
    },
    told: [failed("network", { first: true, output: "some" })],
  },
  {
    name: "cut in an answer in one piece",
    verb: "whole",
    async play(answer) {
      await answer.say(...completePieces);
      await answer.half();
      answer.cut();
    },
    told: [failed("network")],
    without: { "LangChain, ollama": "it asks for a stream whatever the app wants" },
  },
  {
    name: "a quiet end, without finish reason and sentinel",
    verb: "stream",
    play: says(words),
    told: [failed("cut", { first: true, output: 3 })],
  },
  {
    name: "no byte after the headers",
    verb: "stream",
    async play(answer) {
      await answer.begin();
      answer.end();
    },
    told: [failed("cut")],
  },
  {
    name: "an error event in the answer",
    verb: "stream",
    async play(answer) {
      await answer.say(...words, { kind: "failure", failure: overloaded });
      answer.end();
    },
    told: [failed("engine_error", { first: true, output: 3 })],
  },
  {
    name: "malformed JSON in an event",
    verb: "stream",
    play: (answer) => answer.atOnce(text("Let"), broken, text(" me"), finish("length"), sentinel),
    told: [streamed("length")],
    unlike: throwsAtIt(),
  },
  {
    name: "a prompt that is longer than the context",
    verb: "stream",
    play: (answer) =>
      answer.refuse({
        code: 400,
        type: "exceed_context_size_error",
        message: "request (3009 tokens) exceeds the available context size (1024 tokens), try increasing it",
      }),
    told: [failed("context_overflow")],
  },
  {
    name: "a key that is refused",
    verb: "whole",
    play: (answer) => answer.refuse({ code: 401, type: "authentication_error", message: "Invalid API Key" }),
    told: [failed("unauthorized")],
  },
  {
    name: "an unknown model, as JSON",
    verb: "whole",
    play: (answer) => answer.refuse({ code: 404, type: "not_found_error", message: "model 'tiny' not found" }),
    told: [failed("not_found")],
  },
  {
    name: "an unknown model, as plain text",
    verb: "whole",
    play: (answer) => answer.plain(404, `error while getting model: get model '"nope"': model not found\n`),
    told: [failed("not_found", { served: false })],
  },
  {
    name: "too many requests, then an answer",
    verb: "stream",
    options: { maxRetries: 2 },
    play: refusesFirst(1, (answer) =>
      answer.refuse({ code: 429, type: "rate_limit_error", message: "slow down" }, atOnce),
    ),
    told: [failed("rate_limited"), streamed("length")],
    unlike: { "LangChain, openai": { why: "it takes 429 for the last word", told: [failed("rate_limited")] } },
    without: { fetch: "it tries once", ollama: "it tries once" },
  },
  {
    name: "three server errors, the last one too many",
    verb: "stream",
    options: { maxRetries: 2 },
    play: (answer) => answer.refuse(overloaded, atOnce),
    told: [failed("server_error"), failed("server_error"), failed("server_error")],
    without: {
      fetch: "it tries once",
      ollama: "it tries once",
      "LangChain, openai": noWait,
      "LangChain, ollama": noWait,
    },
  },
  {
    name: "a model that loads, then an answer",
    verb: "whole",
    options: { maxRetries: 2 },
    play: refusesFirst(2, (answer) =>
      answer.refuse({ code: 503, type: "unavailable_error", message: "Loading model" }, atOnce),
    ),
    told: [failed("model_loading"), failed("model_loading"), whole("length")],
    unlike: cancelsItsBody(),
    without: {
      fetch: "it tries once",
      ollama: "it tries once",
      "LangChain, openai": noWait,
      "LangChain, ollama": noWait,
    },
  },
  {
    name: "a redirect",
    verb: "stream",
    play: (answer, request) =>
      answer.nth === 0 ? answer.plain(307, "", { location: request.url ?? "" }) : complete(answer, request),
    told: [streamed("length")],
  },
  {
    name: "a reset before the headers",
    verb: "stream",
    play: (answer) => answer.reset(),
    told: [failed("network", { served: false })],
  },
  {
    name: "a server that speaks HTML",
    verb: "stream",
    play: (answer) => answer.plain(200, "<!doctype html><p>Welcome</p>", { "content-type": "text/html" }),
    told: [failed("cut", { served: false })],
    faults: ["SyntaxError: the answer is no JSON"],
    unlike: {
      ollama: { why: "each line is an event", told: [failed("cut")], faults: ["SyntaxError: an event is no JSON"] },
    },
  },
];

const anthropic = { finish: "length max_tokens" };
const native = { operation: "text_completion", finish: "length limit" };
const vectors = { operation: "embeddings", model: "tiny-embedding", prompt: 4, dimensions: 8 } as const;

/** Other APIs than chat. */
const otherApis: readonly Ending[] = [
  { name: "embeddings", verb: "embed", play: complete, told: [{ ...vectors, finish: "stop" }] },
  {
    name: "completions, both ways",
    verb: "completions",
    play: complete,
    told: [whole("length", { operation: "text_completion" }), streamed("length", { operation: "text_completion" })],
    only: ["openai 6", "openai 7", "ollama", "fetch"],
  },
  {
    name: "the Responses API, in one piece",
    verb: "responses",
    play: complete,
    told: [whole("stop", { finish: "stop completed" })],
    only: ["openai 6", "openai 7", "AI SDK, openai", "fetch"],
  },
  {
    name: "the Responses API, streamed",
    verb: "responsesStream",
    play: complete,
    told: [streamed("stop", { finish: "stop completed" })],
    only: ["openai 6", "openai 7", "AI SDK, openai", "fetch"],
  },
  {
    name: "Anthropic's API, both ways",
    verb: "messages",
    play: complete,
    told: [whole("length", anthropic), streamed("length", anthropic)],
    only: ["fetch"],
  },
  {
    name: "llama-server's own API, both ways",
    verb: "native",
    play: complete,
    // it names no model, and its answer does
    told: [whole("length", { ...native, named: "unknown" }), streamed("length", native)],
    only: ["fetch"],
  },
  {
    name: "reranking",
    verb: "rerank",
    play: complete,
    told: [{ operation: "rerank", model: "tiny-ranking", finish: "stop", prompt: 4 }],
    only: ["fetch"],
  },
];

export const endings: readonly Ending[] = [...completed, ...layouts, ...leaving, ...failing, ...otherApis];
