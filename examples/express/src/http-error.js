/** An answer that is an error, in words for the client. It never holds what the client sent. */
export class HttpError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {Readonly<Record<string, string>>} [headers]
   */
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * @param {string} message
 * @param {number} seconds when it is worth to ask again
 */
export function unavailable(message, seconds) {
  return new HttpError(503, message, { "retry-after": String(seconds) });
}
