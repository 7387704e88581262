import { chatRequestOf } from "./chat-request.js";

/**
 * `POST /chat`: the answer as raw text, piece by piece as the model speaks.
 *
 * @param {import("./chats.js").Chats} chats
 * @returns {import("express").RequestHandler}
 */
export function chatHandler(chats) {
  return async function chat(req, res) {
    const request = chatRequestOf(req);
    const gone = closeOf(res);
    try {
      await chats.answer(request, gone, (text) => begun(res).write(text));
      begun(res).end();
    } catch (error) {
      // whoever went away needs no answer; the model has stopped
      if (!gone.aborted) throw error;
    }
  };
}

/**
 * The headers wait for the first piece: until then a failure can still be told by its status.
 *
 * @param {import("express").Response} res
 */
function begun(res) {
  if (res.headersSent) return res;
  return res.set({
    "content-type": "text/plain; charset=utf-8",
    // not `no-store`: of such an answer Chromium says that it was cancelled, though it came whole
    "cache-control": "private, no-cache",
    "x-content-type-options": "nosniff",
  });
}

/**
 * Aborted when the response closes: complete, or left by its client.
 *
 * @param {import("express").Response} res
 */
function closeOf(res) {
  const controller = new AbortController();
  res.once("close", () => controller.abort());
  return controller.signal;
}
