import type { Fact } from "./facts.ts";
import { type RequestKind, requestKinds } from "./requests.ts";

const models = { chat: "ai/tiny-chat", tools: "ai/tiny-tools", thinking: "ai/tiny-thinking" } as const;

/** Its own Responses API tells less than llama-server's; Ollama's API, nothing. */
const ownApis: readonly RequestKind[] = [
  own("response", "/engines/v1/responses", { input: "Hello" }, ["prompt", "output", "finish"]),
  own("response, streamed", "/engines/v1/responses", { input: "Hello", stream: true }, ["first token", "finish"]),
  own("chat, streamed", "/api/chat", { messages: [{ role: "user", content: "Hello" }] }, ["first token"]),
  own("chat", "/api/chat", { messages: [{ role: "user", content: "Hello" }], stream: false }, []),
];

function own(name: string, path: string, body: object, tells: readonly Fact[]): RequestKind {
  return { name, path, variant: "chat", body: () => ({ model: models.chat, ...body }), tells };
}

/** What Docker Model Runner passes on to its llama-server, below its own path. */
const passedOn = requestKinds.flatMap((kind) => {
  const { variant, path } = kind;
  if (!(variant === "chat" || variant === "tools" || variant === "thinking") || path === "/v1/responses") return [];
  if (!path.startsWith("/v1/") || path === "/v1/messages") return [];
  const body = (turn: number) => ({ model: models[variant], ...kind.body(turn) });
  return [{ ...kind, path: `/engines${path}`, body }];
});

/** Every kind of request that Docker Model Runner answers with figures. */
export const modelRunnerKinds: readonly RequestKind[] = [...passedOn, ...ownApis];
