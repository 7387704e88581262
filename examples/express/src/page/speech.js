import { byId } from "./element.js";

/** Long enough for any reader of a screen to have taken it. */
const staysMs = 10_000;

const status = byId("said", HTMLElement);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Says something to who does not see the page. The conversation itself is silent: it changes with each token, and readers of a screen differ in what they
 * make of that.
 *
 * @param {string} words
 */
export function say(words) {
  status.textContent = words;
  clearTimeout(timer);
  // whoever reads on by the keys is not to find it a second time
  timer = setTimeout(() => status.replaceChildren(), staysMs);
}
