import type { Counts, Failure, Piece } from "./pieces.ts";

/** What of a request decides how it is answered. */
export interface Asked {
  readonly model: string;
  readonly streamed: boolean;
  readonly wantsUsage: boolean;
  /** The openai client asks for embeddings so. */
  readonly wantsBase64: boolean;
}

/** How one API writes an answer: the bytes of llama-server and of Ollama. */
export interface Dialect {
  readonly server: "llama.cpp" | "ollama";
  /** The content type of a stream. */
  readonly streamType: string;
  /** What a stream begins with. */
  opening(asked: Asked): string;
  /** One piece of a stream. @param before the pieces before it */
  streamed(piece: Piece, asked: Asked, before: readonly Piece[]): string;
  /** All of it in one. */
  whole(pieces: readonly Piece[], asked: Asked): object;
  failed(failure: Failure): object;
}

const created = 1795890135;
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const namedEvent = (data: { readonly type: string; readonly [name: string]: unknown }) =>
  `event: ${data.type}\n${event(data)}`;
const line = (data: object) => `${JSON.stringify(data)}\n`;

const openAiFailure = ({ code, type, message }: Failure) => ({ error: { code, message, type } });

function textOf(pieces: readonly Piece[], kind: "text" | "thought", choice = 0): string {
  return pieces
    .map((piece) => (piece.kind === kind && (!("choice" in piece) || piece.choice === choice) ? piece.text : ""))
    .join("");
}

const callsOf = (pieces: readonly Piece[]) => pieces.filter((piece) => piece.kind === "call");
const finishOf = (pieces: readonly Piece[], choice = 0) =>
  pieces.find((piece) => piece.kind === "finish" && piece.choice === choice) as
    | Extract<Piece, { kind: "finish" }>
    | undefined;

function usageOf({ prompt, cached, output }: Counts) {
  return {
    completion_tokens: output,
    prompt_tokens: prompt,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

/** llama.cpp's: they are there without `include_usage`, too. */
function timingsOf({ prompt, cached, output }: Counts) {
  return { cache_n: cached, prompt_n: prompt - cached, prompt_ms: 0.25, predicted_n: output, predicted_ms: 0.5 };
}

const toolCall = ({ name, args }: { readonly name: string; readonly args: string }, index: number) => ({
  index,
  id: `call_${index}`,
  type: "function",
  function: { name, arguments: args },
});

const chat: Dialect = {
  server: "llama.cpp",
  streamType: "text/event-stream",
  opening: (asked) => event(chatChunk(asked, { role: "assistant", content: null })),
  streamed(piece, asked, before) {
    if (piece.kind === "text") return event(chatChunk(asked, { content: piece.text }, null, piece.choice));
    if (piece.kind === "thought") return event(chatChunk(asked, { reasoning_content: piece.text }));
    if (piece.kind === "call") {
      const at = callsOf(before).length;
      return event(chatChunk(asked, { tool_calls: [toolCall(piece, at)] }));
    }
    if (piece.kind === "failure") return event(openAiFailure(piece.failure));
    if (piece.kind === "sentinel") return "data: [DONE]\n\n";
    if (piece.kind === "broken") return 'data: {"choices":[{"del\n\n';
    const ended = chatChunk(asked, {}, piece.reason, piece.choice);
    const timings = timingsOf(piece.counts);
    if (!asked.wantsUsage) return event({ ...ended, timings });
    return event(ended) + event({ ...ended, choices: [], usage: usageOf(piece.counts), timings });
  },
  whole(pieces, { model }) {
    const choices = pieces
      .filter((piece) => piece.kind === "finish")
      .map(({ reason, choice }) => ({
        finish_reason: reason,
        index: choice,
        message: { role: "assistant", ...contentOf(pieces, choice) },
      }));
    const { counts } = finishOf(pieces) ?? {};
    const told = counts && { usage: usageOf(counts), timings: timingsOf(counts) };
    return {
      choices,
      created,
      model,
      system_fingerprint: "b11549-abc",
      object: "chat.completion",
      ...told,
      id: "chatcmpl-1",
    };
  },
  failed: openAiFailure,
};

function chatChunk({ model }: Asked, delta: object, finishReason: string | null = null, index = 0) {
  const fixed = { created, id: "chatcmpl-1", model, system_fingerprint: "b11549-abc", object: "chat.completion.chunk" };
  return { choices: [{ finish_reason: finishReason, index, delta }], ...fixed };
}

function contentOf(pieces: readonly Piece[], choice: number) {
  const reasoning = textOf(pieces, "thought");
  const calls = callsOf(pieces);
  return {
    content: textOf(pieces, "text", choice),
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls.map(toolCall) }),
  };
}

const completions: Dialect = {
  ...chat,
  opening: () => "",
  streamed(piece, asked) {
    if (piece.kind === "text") return event(completion(asked, piece.text));
    if (piece.kind === "finish") {
      return event({
        ...completion(asked, "", piece.reason),
        usage: usageOf(piece.counts),
        timings: timingsOf(piece.counts),
      });
    }
    return chat.streamed(piece, asked, []);
  },
  whole(pieces, asked) {
    const { reason = "stop", counts } = finishOf(pieces) ?? {};
    return { ...completion(asked, textOf(pieces, "text"), reason), ...(counts && { usage: usageOf(counts) }) };
  },
};

function completion({ model }: Asked, said: string, finishReason: string | null = null) {
  const choice = { text: said, index: 0, logprobs: null, finish_reason: finishReason };
  return {
    choices: [choice],
    created,
    model,
    system_fingerprint: "b11549-abc",
    object: "text_completion",
    id: "cmpl-1",
  };
}

const message = { id: "msg_1", role: "assistant", type: "message" };

const responses: Dialect = {
  ...chat,
  opening: () => namedEvent({ type: "response.created", ...response("in_progress") }),
  streamed(piece, _asked, before) {
    const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
    const part = { type: "output_text", annotations: [] };
    if (piece.kind === "text") {
      const isFirst = textOf(before, "text") === "";
      const added = {
        type: "response.output_item.added",
        output_index: 0,
        item: { ...message, content: [], status: "in_progress" },
      };
      const opened = { type: "response.content_part.added", ...place, part: { ...part, text: "" } };
      const delta = namedEvent({ type: "response.output_text.delta", ...place, delta: piece.text });
      return (isFirst ? namedEvent(added) + namedEvent(opened) : "") + delta;
    }
    if (piece.kind === "finish") {
      const said = textOf(before, "text");
      const done = { type: "response.output_text.done", ...place, text: said };
      const item = { ...message, status: "completed", content: [{ ...part, text: said }] };
      return (
        namedEvent(done) +
        namedEvent({ type: "response.output_item.done", output_index: 0, item }) +
        namedEvent({
          type: "response.completed",
          ...response("completed", [item], piece.counts),
          timings: timingsOf(piece.counts),
        })
      );
    }
    if (piece.kind === "failure") return event(openAiFailure(piece.failure));
    return "";
  },
  whole(pieces) {
    const item = {
      ...message,
      status: "completed",
      content: [{ type: "output_text", annotations: [], text: textOf(pieces, "text") }],
    };
    return response("completed", [item], finishOf(pieces)?.counts).response;
  },
};

function response(status: string, output: readonly object[] = [], counts?: Counts) {
  const usage = counts && {
    input_tokens: counts.prompt,
    output_tokens: counts.output,
    total_tokens: counts.prompt + counts.output,
    input_tokens_details: { cached_tokens: counts.cached },
  };
  return {
    response: {
      id: "resp_1",
      object: "response",
      created_at: created,
      status,
      model: "tiny",
      output,
      ...(usage && { usage }),
    },
  };
}

/** Anthropic's API, as llama-server speaks it. */
const messages: Dialect = {
  ...chat,
  opening: ({ model }) =>
    namedEvent({
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        content: [],
        model,
        usage: { cache_read_input_tokens: 9, input_tokens: 1, output_tokens: 0 },
      },
    }) + namedEvent({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
  streamed(piece) {
    if (piece.kind === "text")
      return namedEvent({
        type: "content_block_delta",
        index: 0,
        delta: { type: "text_delta", text: piece.text },
      });
    if (piece.kind === "finish") {
      const usage = { output_tokens: piece.counts.output };
      return namedEvent({
        type: "message_delta",
        delta: { stop_reason: stopReasonOf(piece), stop_sequence: null },
        usage,
      });
    }
    return piece.kind === "sentinel" ? namedEvent({ type: "message_stop" }) : "";
  },
  whole(pieces, { model }) {
    const ended = finishOf(pieces);
    const counts = ended?.counts;
    const usage = counts && {
      cache_read_input_tokens: counts.cached,
      input_tokens: counts.prompt - counts.cached,
      output_tokens: counts.output,
    };
    return {
      id: "msg_1",
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: textOf(pieces, "text") }],
      model,
      stop_reason: ended && stopReasonOf(ended),
      usage,
    };
  },
};

const stopReasonOf = ({ reason }: { readonly reason: string }) => (reason === "length" ? "max_tokens" : "end_turn");

/** llama-server's own `/completion`. */
const native: Dialect = {
  ...chat,
  opening: () => "",
  streamed(piece, { model }) {
    if (piece.kind === "text") return event({ index: 0, content: piece.text, tokens: [], stop: false });
    if (piece.kind !== "finish") return "";
    return event({ index: 0, content: "", stop: true, model, ...nativeEnd(piece) });
  },
  whole(pieces, { model }) {
    const ended = finishOf(pieces);
    return { index: 0, content: textOf(pieces, "text"), stop: true, model, ...(ended && nativeEnd(ended)) };
  },
};

function nativeEnd({ reason, counts }: { readonly reason: string; readonly counts: Counts }) {
  const { prompt, output, cached } = counts;
  const tokens = { tokens_predicted: output, tokens_evaluated: prompt, tokens_cached: cached };
  return { stop_type: reason === "length" ? "limit" : "eos", truncated: false, ...tokens, timings: timingsOf(counts) };
}

const createdAt = "2026-11-28T18:56:32.772320487Z";

const ollamaChat: Dialect = {
  server: "ollama",
  streamType: "application/x-ndjson",
  opening: () => "",
  streamed(piece, asked) {
    if (piece.kind === "text") return line(ollamaLine(asked, { role: "assistant", content: piece.text }));
    if (piece.kind === "thought")
      return line(ollamaLine(asked, { role: "assistant", content: "", thinking: piece.text }));
    if (piece.kind === "call")
      return line(ollamaLine(asked, { role: "assistant", content: "", tool_calls: [ollamaCall(piece)] }));
    if (piece.kind === "failure") return line({ error: piece.failure.message });
    if (piece.kind === "broken") return '{"message":{"con\n';
    if (piece.kind === "sentinel") return "";
    return line({ ...ollamaLine(asked, { role: "assistant", content: "" }), done: true, ...ollamaEnd(piece) });
  },
  whole(pieces, asked) {
    const thinking = textOf(pieces, "thought");
    const calls = callsOf(pieces).map(ollamaCall);
    const said = {
      role: "assistant",
      content: textOf(pieces, "text"),
      ...(thinking !== "" && { thinking }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    const ended = finishOf(pieces);
    return { ...ollamaLine(asked, said), done: true, ...(ended && ollamaEnd(ended)) };
  },
  failed: ({ message: error }) => ({ error }),
};

const ollamaLine = ({ model }: Asked, said: object) => ({ model, created_at: createdAt, message: said, done: false });
const ollamaCall = ({ name, args }: { readonly name: string; readonly args: string }) => ({
  function: { name, arguments: JSON.parse(args) },
});

function ollamaEnd({ reason, counts }: { readonly reason: string; readonly counts: Counts }) {
  const times = {
    total_duration: 1_448_096_478,
    load_duration: 289_638,
    prompt_eval_duration: 250_000,
    eval_duration: 500_000,
  };
  // Ollama says "stop" where it calls functions, too
  const done = reason === "tool_calls" ? "stop" : reason;
  return { done_reason: done, ...times, prompt_eval_count: counts.prompt, eval_count: counts.output };
}

const ollamaGenerate: Dialect = {
  ...ollamaChat,
  streamed(piece, asked) {
    const fixed = { model: asked.model, created_at: createdAt };
    if (piece.kind === "text") return line({ ...fixed, response: piece.text, done: false });
    if (piece.kind !== "finish") return ollamaChat.streamed(piece, asked, []);
    return line({ ...fixed, response: "", done: true, ...ollamaEnd(piece) });
  },
  whole(pieces, { model }) {
    const ended = finishOf(pieces);
    return {
      model,
      created_at: createdAt,
      response: textOf(pieces, "text"),
      done: true,
      ...(ended && ollamaEnd(ended)),
    };
  },
};

const vector = [1, 0, 0, 0, 0, 0, 0, 0];
const inBase64 = Buffer.from(Float32Array.from(vector).buffer).toString("base64");

/** What has no pieces is answered by one object. */
const oneObject = (
  server: Dialect["server"],
  failed: Dialect["failed"],
  answer: (asked: Asked) => object,
): Dialect => ({
  server,
  streamType: "application/json",
  opening: () => "",
  streamed: () => "",
  whole: (_pieces, asked) => answer(asked),
  failed,
});

/** By the end of a request's path. */
const dialects: readonly (readonly [path: string, Dialect])[] = [
  ["/chat/completions", chat],
  ["/v1/completions", completions],
  ["/completion", native],
  ["/responses", responses],
  ["/messages", messages],
  ["/api/chat", ollamaChat],
  ["/api/generate", ollamaGenerate],
  [
    "/embeddings",
    oneObject("llama.cpp", openAiFailure, ({ model, wantsBase64 }) => ({
      model,
      object: "list",
      usage: { prompt_tokens: 4, total_tokens: 4 },
      data: [{ embedding: wantsBase64 ? inBase64 : vector, index: 0, object: "embedding" }],
    })),
  ],
  [
    "/rerank",
    oneObject("llama.cpp", openAiFailure, ({ model }) => ({
      model,
      object: "list",
      usage: { prompt_tokens: 4, total_tokens: 4 },
      results: [{ index: 0, relevance_score: 0.5 }],
    })),
  ],
  [
    "/api/embed",
    oneObject("ollama", ollamaChat.failed, ({ model }) => ({
      model,
      embeddings: [vector],
      total_duration: 1_000_000,
      load_duration: 1000,
      prompt_eval_count: 4,
    })),
  ],
];

/** The API that a path belongs to; undefined for a path of none. */
export function dialectOf(path: string): Dialect | undefined {
  return dialects.find(([end]) => path.endsWith(end))?.[1];
}
