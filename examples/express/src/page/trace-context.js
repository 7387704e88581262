/** W3C trace context, begun in the browser: the server's spans become children of this exchange. */

/** @returns {{ traceId: string, traceparent: string }} */
export function beginTrace() {
  const traceId = randomHex(16);
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-01` };
}

/** @param {number} bytes */
function randomHex(bytes) {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  // all zeros would be no id
  if (random.every((byte) => byte === 0)) random[0] = 1;
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
