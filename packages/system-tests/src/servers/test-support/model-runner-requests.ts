import { messagesOf, plus, type RequestKind, requestKindsOf, streamed } from "./request-kind.ts";
import { requestKinds } from "./requests.ts";

/** llama-server's paths that it passes on. */
const paths: Readonly<Record<string, string>> = {
  "/v1/chat/completions": "/engines/v1/chat/completions",
  "/v1/completions": "/engines/v1/completions",
  "/v1/messages": "/engines/v1/messages",
  "/v1/embeddings": "/engines/v1/embeddings",
  "/v1/rerank": "/engines/rerank",
};

const passedOn = requestKinds.flatMap((kind): RequestKind[] => {
  const path = paths[kind.path];
  return path === undefined ? [] : [{ ...kind, path, body: plus(kind.body, { model: `ai/tiny-${kind.variant}` }) }];
});

const model = "ai/tiny-chat";
const response = () => ({ model, input: "Hello" });
const chat = (turn: number) => ({ model, messages: messagesOf(turn) });

/** Its own Responses API tells less than llama-server's; Ollama's API, nothing. */
const own = requestKindsOf([
  ["chat", "/engines/v1/responses", "response", ["prompt", "output", "finish"], response],
  ["chat", "/engines/v1/responses", "response, streamed", ["first token", "finish"], streamed(response)],
  ["chat", "/api/chat", "chat, streamed", ["first token"], chat],
  ["chat", "/api/chat", "chat", [], plus(chat, { stream: false })],
]);

/** Every kind of request that Docker Model Runner answers with figures. */
export const modelRunnerKinds: readonly RequestKind[] = [...passedOn, ...own];

const path = "/engines/v1/chat/completions";
const messages = [{ role: "user", content: "Hello" }];
const tooLong = [{ role: "user", content: "word ".repeat(3000) }];

/** What Docker Model Runner answers with an error: its status, and the type that it counts as. */
export const modelRunnerRefusals = [
  { name: "an unknown model", path, body: { model: "ai/none", messages }, status: 404, type: "not_found" },
  { name: "too long", path, body: { model, messages: tooLong }, status: 400, type: "context_overflow" },
  { name: "messages that are no list", path, body: { model, messages: 1 }, status: 400, type: "invalid_argument" },
];
