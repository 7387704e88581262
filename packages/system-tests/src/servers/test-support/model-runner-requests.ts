import type { Fact } from "./facts.ts";
import { type RequestKind, requestKinds } from "./requests.ts";

const chat = "ai/tiny-chat";

/** Its own Responses API tells less than llama-server's; Ollama's API, nothing. */
const ownApis: readonly RequestKind[] = [
  own("response", "/engines/v1/responses", { input: "Hello" }, ["prompt", "output", "finish"]),
  own("response, streamed", "/engines/v1/responses", { input: "Hello", stream: true }, ["first token", "finish"]),
  own("chat, streamed", "/api/chat", { messages: [{ role: "user", content: "Hello" }] }, ["first token"]),
  own("chat", "/api/chat", { messages: [{ role: "user", content: "Hello" }], stream: false }, []),
];

function own(name: string, path: string, body: object, tells: readonly Fact[]): RequestKind {
  return { name, path, variant: "chat", body: () => ({ model: chat, ...body }), tells };
}

/** llama-server's paths that it passes on; its Responses API is another one. */
const paths: Readonly<Record<string, string>> = {
  "/v1/chat/completions": "/engines/v1/chat/completions",
  "/v1/completions": "/engines/v1/completions",
  "/v1/messages": "/engines/v1/messages",
  "/v1/embeddings": "/engines/v1/embeddings",
  "/v1/rerank": "/engines/rerank",
};

const passedOn = requestKinds.flatMap((kind): RequestKind[] => {
  const path = paths[kind.path];
  const body = (turn: number) => ({ model: `ai/tiny-${kind.variant}`, ...kind.body(turn) });
  return path === undefined ? [] : [{ ...kind, path, body }];
});

/** Every kind of request that Docker Model Runner answers with figures. */
export const modelRunnerKinds: readonly RequestKind[] = [...passedOn, ...ownApis];
