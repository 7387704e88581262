/** One exchange with `POST /chat`, as its reader sees it. */

/**
 * @typedef {object} Turn
 * @property {"user" | "assistant"} role
 * @property {string} content
 */

/**
 * @typedef {object} Outcome
 * @property {"answered" | "stopped" | "refused" | "broken"} kind `stopped` by the reader, `refused` with a status, `broken` with its connection
 * @property {number} at on the page's monotonic clock
 * @property {number} [status] of a refusal
 * @property {string} [reason] of a refusal, in the server's words
 * @property {number} [retryAfterMs] after which the server wants to be asked again
 */

/**
 * Asks, and hands over the answer's text as it comes. Never rejects.
 *
 * @param {{ message: string, messages: readonly Turn[] }} request
 * @param {object} options
 * @param {import("@aiwatch/browser").Answer} options.answer
 * @param {AbortSignal} options.signal
 * @param {(text: string) => void} options.onText
 * @returns {Promise<Outcome>}
 */
export async function ask(request, { answer, signal, onText }) {
  // the same id for both: without a tracing set-up, the request's alone is known
  const headers = {
    "content-type": "application/json",
    traceparent: answer.traceparent,
    "x-request-id": answer.traceId,
  };
  try {
    const response = await fetch("/chat", { method: "POST", headers, body: JSON.stringify(request), signal });
    if (!response.ok) {
      answer.end("failed", response.status);
      return { kind: "refused", at: performance.now(), ...(await refusalOf(response)) };
    }
    await passText(response, onText);
    answer.end("answered");
    return { kind: "answered", at: performance.now() };
  } catch {
    answer.end(signal.aborted ? "aborted" : "failed");
    return { kind: signal.aborted ? "stopped" : "broken", at: performance.now() };
  }
}

/**
 * Reads the body itself: one that goes through a `TextDecoderStream` is shown as cancelled by Chromium, though it came whole.
 *
 * @param {Response} response
 * @param {(text: string) => void} onText
 */
async function passText({ body }, onText) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (body).getReader();
  const decoder = new TextDecoder();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const text = decoder.decode(piece.value, { stream: true });
    if (text !== "") onText(text);
  }
}

/** @param {Response} response */
async function refusalOf(response) {
  const { status, headers } = response;
  const body = await response.json().catch(() => undefined);
  const reason = typeof body?.error === "string" ? body.error : `the server answered ${status}`;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return { status, reason, ...(seconds >= 0 && { retryAfterMs: seconds * 1000 }) };
}
