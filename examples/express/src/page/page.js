import * as vitals from "/page/web-vitals.js";
import { Answer } from "./answer.js";
import { ask } from "./ask.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId } from "./element.js";
import { mayHelp } from "./failure.js";
import { followChat } from "./own-chat.js";
import { Restart } from "./restart.js";

/** @type {{ aiwatch: typeof import("@aiwatch/browser") }} of the script before this one */
const { aiwatch } = /** @type {any} */ (globalThis);
const reporter = aiwatch.startReporter({ vitals });

const panel = byId("panel", HTMLElement);
const conversation = new Conversation();
const composer = new Composer(send);
const restart = new Restart(() => {
  composer.startAnew();
  const bringBack = conversation.restart();
  return () => {
    bringBack();
    composer.focus();
  };
});

for (const suggestion of document.querySelectorAll("button.suggestion")) {
  suggestion.addEventListener("click", ({ timeStamp }) => composer.ask(suggestion.textContent ?? "", timeStamp));
}

// one line above the conversation where there is no room beside it
const isNarrow = matchMedia("(max-width: 60rem)");
const fitPanel = () => panel.setAttribute("view", isNarrow.matches ? "compact" : "full");
isNarrow.addEventListener("change", fitPanel);
fitPanel();

/**
 * One message and its answer, however it ends.
 *
 * @param {string} message
 * @param {AbortSignal} signal
 * @param {number} askedAt
 */
async function send(message, signal, askedAt) {
  restart.offer();
  const said = conversation.turns;
  const observed = reporter.answer();
  const { traceId } = observed;
  const answer = new Answer({ traceId, askedAt, keepEnd: conversation.keepEnd });
  const takeAway = conversation.begin(message, answer.box);
  panel.setAttribute("mine", traceId);
  const endedHere = followChat(traceId, { onLook: (chat) => answer.hear(chat), onLost: () => answer.giveUp() });

  const outcome = await ask(
    { message, messages: conversation.latestFor(message) },
    {
      answer: observed,
      signal,
      onText: (text) => {
        if (answer.add(text)) observed.firstToken();
      },
    },
  );
  endedHere();
  const takeBack = answer.text === "" ? undefined : conversation.add(said, message, answer.text);
  void answer.end(outcome, () => {
    if (composer.isAnswering) return;
    // the new try takes the place of the old one, in sight and for the model
    takeAway();
    takeBack?.();
    composer.ask(message);
  });
  if (outcome.kind === "refused" && !mayHelp(outcome.status)) composer.giveBack(message);
}
