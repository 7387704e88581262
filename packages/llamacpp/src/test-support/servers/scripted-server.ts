import type { IncomingMessage, ServerResponse } from "node:http";
import { testServer } from "@aiwatch/testkit";
import { onTestFinished } from "vitest";
import * as captured from "./captures.ts";

/** What a scripted server answers: a status with JSON or text, or what a test does to the response itself. */
export type Scripted =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | ((response: ServerResponse, request: IncomingMessage) => void);

export type Script = Record<string, Scripted>;

/** A server that answers by a script, which a test may change meanwhile. What it does not name is llama-server's 404. */
export async function scriptedServer(script: Script, header = "llama.cpp") {
  const asked: string[] = [];
  const headersAsked: IncomingMessage["headers"][] = [];
  const server = await testServer((request, response) => {
    const { url = "", headers } = request;
    asked.push(url);
    headersAsked.push(headers);
    const answer = script[url] ?? { status: 404, body: captured.notFound };
    if (header !== "") response.setHeader("server", header);
    if (typeof answer === "function") return answer(response, request);
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status ?? 200, answer.headers).end(text);
  });
  onTestFinished(() => server.close());
  return { ...server, script, asked, headersAsked };
}

/** A llama-server with one model at rest. */
export const llamaServerScript = (over: Script = {}): Script => ({
  "/health": { body: { status: "ok" } },
  "/v1/models": { body: captured.models },
  "/props": { body: captured.props() },
  "/metrics": { body: captured.metrics(), headers: { "process-start-time-unix": "1119405653" } },
  ...over,
});
