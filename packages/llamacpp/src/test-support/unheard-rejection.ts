/** Run as a process of its own: an observed session's call rejects, and nobody listens. */
import { instrumentModel } from "../instrument-model.ts";

const fail = async () => {
  throw new Error("nobody listens");
};
const sequence = { nextTokenIndex: 0, context: {}, model: {}, async *evaluate() {} };
void instrumentModel({ sequence, promptWithMeta: fail, completePromptWithMeta: fail }).promptWithMeta();
