import { EventSourceParserStream } from "eventsource-parser/stream";

/** The server answered with an error. Its own words may quote the conversation. */
export class ServerError extends Error {
  /**
   * @param {number | undefined} status undefined where it came in the middle of an answer
   * @param {{ message?: string, type?: string, code?: string | number }} error
   */
  constructor(status, { message = "", type, code }) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
  }
}

/** No answer came. */
export class ServerUnreachable extends Error {}

/**
 * @typedef {object} Chunk a piece of an answer, as OpenAI's API streams it
 * @property {readonly { delta: { content?: string | null }, finish_reason?: string | null }[]} choices
 */

/**
 * OpenAI's API of a model server, over `fetch`. An app with a client of its own needs none of this.
 *
 * @param {{ baseUrl: string, apiKey?: string | undefined }} server
 * @param {typeof fetch} fetch
 */
export function completionsApi({ baseUrl, apiKey }, fetch) {
  const headers = { "content-type": "application/json", ...(apiKey && { authorization: `Bearer ${apiKey}` }) };

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  async function request(path, init) {
    const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/${path}`, { ...init, headers }).catch((error) => {
      init.signal?.throwIfAborted();
      throw new ServerUnreachable("no answer", { cause: error });
    });
    if (!response.ok) throw new ServerError(response.status, errorIn(await response.text()));
    return response;
  }

  return {
    /** The names of its models. @param {number} timeoutMs */
    async models(timeoutMs) {
      const response = await request("models", { signal: AbortSignal.timeout(timeoutMs) });
      const { data } = /** @type {{ data: { id: string }[] }} */ (await response.json());
      return data.map(({ id }) => id);
    },

    /**
     * Streams an answer.
     *
     * @param {object} chat
     * @param {AbortSignal} signal
     * @returns {AsyncGenerator<Chunk>}
     */
    async *chat(chat, signal) {
      const body = JSON.stringify({ ...chat, stream: true });
      const response = await request("chat/completions", { method: "POST", body, signal });
      const text = /** @type {ReadableStream<BufferSource>} */ (response.body).pipeThrough(new TextDecoderStream());
      for await (const { data } of text.pipeThrough(new EventSourceParserStream())) {
        if (data === "[DONE]") return;
        const chunk = JSON.parse(data);
        if (chunk.error) throw new ServerError(undefined, chunk.error);
        yield chunk;
      }
    },
  };
}

/** What a server says of its error: as OpenAI does, or in plain words. @param {string} text */
function errorIn(text) {
  try {
    const { error } = JSON.parse(text);
    return typeof error === "object" ? error : { message: String(error) };
  } catch {
    return { message: text };
  }
}
