import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody, type TestServer, testServer } from "./test-server.ts";

/** A chat that the server was asked. */
export interface AskedChat {
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers a chat, or fails to. */
export type ChatReply = (response: ServerResponse, chat: AskedChat) => void | Promise<void>;

export interface ModelServer extends TestServer {
  /** What an app sets: `http://127.0.0.1:port/v1`. */
  readonly baseUrl: string;
  /** The chats so far. */
  readonly asked: readonly AskedChat[];
  /** How the next chats are answered. */
  reply: ChatReply;
}

/** An answer of three tokens to a prompt of five, with llama.cpp's timings, streamed or in one piece as it was asked. */
export const threeTokens: ChatReply = (response, { body }) => {
  if (body["stream"] !== true) return respond(response, 200, { ...head(body), choices: [whole], usage, timings });
  if (!response.headersSent) begin(response);
  send(response, { ...head(body), choices: [{ index: 0, delta: { role: "assistant", content: null } }] });
  for (const content of ["Token", " by", " token"]) sendText(response, content, body);
  send(response, { ...head(body), choices: [{ index: 0, delta: {}, finish_reason: "stop" }], timings });
  if (body["stream_options"] !== undefined) send(response, { ...head(body), choices: [], usage, timings });
  response.end("data: [DONE]\n\n");
};

/** One token of an answer that goes on. */
export function sendText(response: ServerResponse, content: string, body: AskedChat["body"] = {}): void {
  if (!response.headersSent) begin(response);
  send(response, { ...head(body), choices: [{ index: 0, delta: { content } }] });
}

/** An answer in one piece, such as an error. */
export function respond(response: ServerResponse, status: number, body: object | string): void {
  const isText = typeof body === "string";
  response.writeHead(status, { "content-type": isText ? "text/html" : "application/json" });
  response.end(isText ? body : JSON.stringify(body));
}

/**
 * A server that speaks OpenAI's API and says what its script says, for what a real llama-server cannot be brought to do.
 * @param models the names that it lists
 */
export async function modelServer(models: readonly string[] = ["tiny"]): Promise<ModelServer> {
  const asked: AskedChat[] = [];
  const server = await testServer(async (request, response) => {
    if (request.url === "/v1/models")
      return respond(response, 200, { object: "list", data: models.map((id) => ({ id })) });
    if (request.url !== "/v1/chat/completions") return respond(response, 404, notFound);
    const chat = { headers: request.headers, body: JSON.parse(String(await readBody(request))) };
    asked.push(chat);
    await scripted.reply(response, chat);
  });
  const scripted: ModelServer = { ...server, baseUrl: `${server.url}/v1`, asked, reply: threeTokens };
  return scripted;
}

const notFound = { error: { code: 404, message: "File Not Found", type: "not_found_error" } };
const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, prompt_tokens_details: { cached_tokens: 1 } };
const timings = { cache_n: 1, prompt_n: 4, prompt_ms: 2, predicted_n: 3, predicted_ms: 6 };
const whole = { index: 0, message: { role: "assistant", content: "Token by token" }, finish_reason: "stop" };

function head({ model, stream }: AskedChat["body"]) {
  return { id: "chatcmpl-1", created: 1, model, object: stream === true ? "chat.completion.chunk" : "chat.completion" };
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

function send(response: ServerResponse, event: object): void {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
}
