/** One exchange with `POST /chat`, measured as the browser sees it. */

/**
 * @typedef {object} Turn
 * @property {"user" | "assistant"} role
 * @property {string} content
 */

/**
 * @typedef {object} Outcome
 * @property {number | undefined} firstTokenMs sent → first text; undefined when there was none
 * @property {number} totalMs sent → end
 * @property {Error | undefined} error why it did not come to its end
 * @property {boolean} stopped the user broke it off
 */

/** The server refused, with the reason that it gave. */
class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Asks, and hands over the answer's text as it comes. Never rejects.
 *
 * @param {{ message: string, messages: readonly Turn[] }} request
 * @param {{ traceparent: string, signal: AbortSignal, onText: (text: string) => void }} options
 * @returns {Promise<Outcome>}
 */
export async function ask(request, { traceparent, signal, onText }) {
  const sent = performance.now();
  /** @type {number | undefined} */
  let firstTokenMs;
  /** @type {Error | undefined} */
  let error;
  try {
    const response = await fetch("/chat", {
      method: "POST",
      headers: { "content-type": "application/json", traceparent },
      body: JSON.stringify(request),
      signal,
    });
    for await (const text of textsOf(response)) {
      firstTokenMs ??= performance.now() - sent;
      onText(text);
    }
  } catch (reason) {
    error = reason instanceof Error ? reason : new Error("unknown");
  }
  return { firstTokenMs, totalMs: performance.now() - sent, error, stopped: error !== undefined && signal.aborted };
}

/** @param {Response} response */
async function* textsOf(response) {
  if (!response.ok || response.body === null) throw new Refused(response.status, await reasonOf(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    if (piece.value !== "") yield piece.value;
  }
}

/** @param {Response} response */
async function reasonOf(response) {
  const body = await response.json().catch(() => undefined);
  return typeof body?.error === "string" ? body.error : `the server answered ${response.status}`;
}
