import { Answer } from "./answer.js";
import { ask } from "./ask.js";
import { Composer } from "./composer.js";
import { byId, element } from "./element.js";
import { startPanel } from "./panel.js";
import { reportAnswer, reportError } from "./reports.js";
import { beginTrace } from "./trace-context.js";

const conversation = byId("conversation", HTMLElement);
const greeting = byId("greeting", HTMLElement);
const refreshPanel = startPanel();
const composer = new Composer({ onSend: send, onRestart: restart });

/** @type {import("./ask.js").Turn[]} the server keeps nothing: all of it goes with every message */
let turns = [];

for (const suggestion of document.querySelectorAll("button.suggestion")) {
  suggestion.addEventListener("click", () => void composer.ask(suggestion.textContent ?? ""));
}

/**
 * One message and its answer, however it ends.
 *
 * @param {string} message
 * @param {AbortSignal} signal
 */
async function send(message, signal) {
  const said = turns;
  const { traceId, traceparent } = beginTrace();
  const answer = new Answer();
  greeting.hidden = true;
  conversation.append(element("article", "turn question", element("p", "text", message)), answer.box);
  conversation.scrollTop = conversation.scrollHeight;

  const asking = ask(
    { message, messages: said },
    { traceparent, signal, onText: (text) => followed(() => answer.add(text)) },
  );
  refreshPanel();
  const outcome = await asking;
  refreshPanel();
  followed(() => answer.end(outcome));
  report(traceId, message, outcome);
  if (answer.text === "") {
    if (outcome.error !== undefined && !outcome.stopped) composer.giveBack(message);
  } else if (said === turns) {
    turns = [...said, { role: "user", content: message }, { role: "assistant", content: answer.text }];
  }
  void showTrace(answer, traceId);
}

/**
 * What the browser saw. Whoever stops an answer has seen nothing wrong.
 *
 * @param {string} traceId
 * @param {string} message
 * @param {import("./ask.js").Outcome} outcome
 */
function report(traceId, message, outcome) {
  if (outcome.error === undefined) reportAnswer(traceId, outcome);
  else if (!outcome.stopped) reportError(outcome.error, message.length);
}

/**
 * The request is counted by the time that its span has ended: the panel is right then.
 *
 * @param {Answer} answer
 * @param {string} traceId
 */
async function showTrace(answer, traceId) {
  await answer.showTrace(traceId, followed);
  refreshPanel();
}

function restart() {
  turns = [];
  conversation.replaceChildren(greeting);
  greeting.hidden = false;
}

/**
 * Keeps the end in sight where it was in sight before; whoever scrolled up to read is left in peace.
 *
 * @param {() => void} change
 */
function followed(change) {
  const { scrollHeight, scrollTop, clientHeight } = conversation;
  const atEnd = scrollHeight - scrollTop - clientHeight < 40;
  change();
  if (atEnd) conversation.scrollTop = conversation.scrollHeight;
}
