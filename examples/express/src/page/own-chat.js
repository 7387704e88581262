/** What the server says of one chat. The panel hears it already, and nothing is asked for a second time. */

/**
 * A chat of the server's list. Ids and counts are told to those alone who may know them.
 *
 * @typedef {import("@aiwatch/core/summary-schema").ChatTimes & Partial<import("@aiwatch/core/summary-schema").ChatEntry>} Chat
 */

/** As often as the panel draws. */
const everyMs = 250;
/** How often it is looked for once its answer has ended here: the server may know nothing of it. */
const lastLooks = 80;

/**
 * Hands over the chat's entry, again and again, until it has ended on the server.
 *
 * @param {string} id of its trace or its request
 * @param {object} options
 * @param {(chat: Chat) => void} options.onLook
 * @param {() => void} options.onLost the server tells nothing of its end
 * @returns {() => void} says that its answer has ended here
 */
export function followChat(id, { onLook, onLost }) {
  const panel = /** @type {import("@aiwatch/browser/panel").AiwatchPanel} */ (document.querySelector("aiwatch-panel"));
  let looksLeft = Number.POSITIVE_INFINITY;
  const timer = setInterval(() => {
    // a panel that nobody sees hears nothing
    if (document.hidden) return;
    const chats = /** @type {readonly Chat[] | undefined} */ (panel.data?.chats);
    const chat = chats?.find(({ traceId, requestId }) => traceId === id || requestId === id);
    looksLeft -= 1;
    const hasEnded = chat?.outcome !== undefined;
    if (hasEnded || looksLeft <= 0) clearInterval(timer);
    if (chat !== undefined) onLook(chat);
    if (!hasEnded && looksLeft <= 0) onLost();
  }, everyMs);
  return () => {
    looksLeft = lastLooks;
  };
}
