import { element } from "./element.js";

/**
 * Why there is no answer, or not all of it; and a button where asking again is of use, which waits as long as the server wants.
 *
 * @param {import("./ask.js").Outcome} outcome
 * @param {string} text what came before it
 * @param {() => void} onAgain
 */
export function failureOf({ kind, reason = "", status, retryAfterMs = 0 }, text, onAgain) {
  const words =
    kind === "refused"
      ? `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`
      : `${text === "" ? "No answer" : "The answer broke off"}: the connection broke.`;
  const note = element("p", "failed", element("span", "", words));
  note.setAttribute("role", "alert");
  if (mayHelp(status)) note.append(" ", againButton(performance.now() + retryAfterMs, onAgain));
  return note;
}

/**
 * Whether the same message may be answered later. A refusal for what it is stays one.
 *
 * @param {number | undefined} status undefined where the connection broke
 */
export function mayHelp(status) {
  return status === undefined || status === 429 || status >= 500;
}

/**
 * @param {number} from when the server wants to be asked
 * @param {() => void} onAgain
 */
function againButton(from, onAgain) {
  const left = element("span");
  const button = element("button", "again", "Ask again", left);
  button.type = "button";
  // shown and not said: it would be said each second
  left.setAttribute("aria-hidden", "true");
  button.addEventListener("click", () => {
    if (performance.now() >= from) onAgain();
  });
  const tick = () => {
    const leftMs = from - performance.now();
    left.textContent = leftMs > 0 ? ` in ${Math.ceil(leftMs / 1000)} s` : "";
    button.setAttribute("aria-disabled", String(leftMs > 0));
    if (leftMs > 0 && button.isConnected) setTimeout(tick, leftMs % 1000 || 1000);
  };
  setTimeout(tick);
  tick();
  return button;
}
