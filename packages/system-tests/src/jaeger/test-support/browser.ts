import { randomBytes } from "node:crypto";

/** A span that a browser began, and the header by which it tells the server. */
export interface BrowserSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceparent: string;
}

export function browserSpan(): BrowserSpan {
  const [traceId, spanId] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

export interface ChatRequest {
  readonly message: string;
  readonly instructions?: string;
  /** The model that goes on until it is stopped. */
  readonly endless?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** As the app counted them; absent where the answer broke off. */
  readonly promptTokens?: number;
  readonly outputTokens?: number;
}

/** Asks as a page does whose fetch is traced. */
export async function ask(url: string, request: ChatRequest, { traceparent }: BrowserSpan): Promise<Answer> {
  const response = await post(url, request, traceparent);
  const text = await response.text();
  if (!response.ok) return { status: response.status, text: "" };
  const lines = text
    .trim()
    .split("\n")
    .map((line): Partial<Answer> => JSON.parse(line));
  return Object.assign({ status: response.status }, ...lines, { text: lines.map((line) => line.text ?? "").join("") });
}

/** Leaves when the answer has begun. */
export async function askAndLeave(url: string, request: ChatRequest, { traceparent }: BrowserSpan): Promise<void> {
  const leave = new AbortController();
  const response = await post(url, request, traceparent, leave.signal);
  const reader = response.body!.getReader();
  await reader.read();
  leave.abort();
  await reader.closed.catch(() => undefined);
}

function post(url: string, request: ChatRequest, traceparent: string, signal?: AbortSignal): Promise<Response> {
  const headers = { "content-type": "application/json", "user-agent": "Mozilla/5.0 (a page)", traceparent };
  return fetch(`${url}/chat`, { method: "POST", headers, body: JSON.stringify(request), signal: signal ?? null });
}
