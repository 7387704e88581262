import * as vitals from "/page/web-vitals.js";
import { Answer } from "./answer.js";
import { ask } from "./ask.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId } from "./element.js";
import { mayHelp } from "./failure.js";
import { followChat } from "./own-chat.js";

/** @type {{ aiwatch: typeof import("@aiwatch/browser") }} of the script before this one */
const { aiwatch } = /** @type {any} */ (globalThis);
const reporter = aiwatch.startReporter({ vitals });

const panel = byId("panel", HTMLElement);
const conversation = new Conversation();
const composer = new Composer({ onSend: send, onRestart: () => conversation.restart() });

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
  const said = conversation.turns;
  const observed = reporter.answer();
  const { traceId } = observed;
  const answer = new Answer({ traceId, askedAt, keepEnd: conversation.keepEnd });
  const takeAway = conversation.begin(message, answer.box);
  panel.setAttribute("mine", traceId);
  const endedHere = followChat(traceId, (chat) => answer.hear(chat));

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
  void answer.end(outcome, () => {
    if (composer.ask(message)) takeAway();
  });
  if (answer.text !== "") conversation.add(said, message, answer.text);
  else if (outcome.kind === "refused" && !mayHelp(outcome.status)) composer.giveBack(message);
}
