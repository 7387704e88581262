import { instrumentModel } from "@aiwatch/llamacpp"; // AIWatch
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama, LlamaChatSession, LlamaLogLevel } from "node-llama-cpp";
import { aiwatch } from "./observe.js"; // AIWatch

const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
instrumentModel(llama, { aiwatch }); // AIWatch: the model, its context and the session below are observed with it
const model = await llama.loadModel({ modelPath: await ensureTinyModel() });
const context = await model.createContext({ threads: 1 });
const session = new LlamaChatSession({ contextSequence: context.getSequence() });

/** @type {Promise<unknown>} the answer that is being given */
let turn = Promise.resolve();

/**
 * One question at a time.
 *
 * @param {string} question
 */
export function answer(question) {
  const answering = turn.then(() => {
    session.resetChatHistory();
    return session.prompt(question, { temperature: 0.8 });
  });
  turn = answering.catch(() => undefined);
  return answering;
}
