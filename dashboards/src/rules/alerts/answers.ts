import { catalogue } from "@aiwatch/core";
import { promqlBuilders } from "../../promql/builders.ts";
import type { Matchers } from "../../promql/select.ts";

const { increase } = promqlBuilders({ window: "5m" });

type Ends = Matchers<typeof catalogue.inferences>;

/** What a reader can wait for. Embeddings and rankings have no tokens. */
const ofTexts = { operation: { matching: "chat|text_completion" } } as const satisfies Ends;
const completed = { ...ofTexts, finish_reason: { notMatching: "aborted|error" } } as const satisfies Ends;

/** Chats and completions of a range that ended, however they did: those that came in one piece are in no wait for a first token. */
export const endedAnswers = (range: string) => increase(catalogue.inferences, range, ofTexts);

/** Those of them that came to their own end: somebody was answered, in one piece or in many. */
export const completedAnswers = (range: string) => increase(catalogue.inferences, range, completed);
