import type { CallSigns } from "../grammar/calling-grammar.ts";
import type { Chain } from "../grammar/grammar.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import type { ModelWeights } from "./architecture.ts";
import { type Architecture, walker } from "./architecture.ts";
import type { Matrix } from "./matrix.ts";
import { type Walk, walk, walkWeights } from "./walking-weights.ts";

/** A pair of numbers turns once in 2.6 million tokens at the slowest: the system prompt is in sight from anywhere. */
const frequencyBase = 1e6;

/** Length of each pair of a query and of a key: their product, over √headWidth, is 45 where they meet, and softmax leaves next to nothing else. */
const strength = 16;

/** What a head adds to the vector when it has found its sign: enough to be told, and too little for the last norm to shorten the rest by much. */
const flag = 0.1;

/** Logits of a call's start: out of the question with one of the signs, beyond doubt with both. */
const start = { never: -80, perSign: 60 };

/**
 * A walk that calls a function where two heads say so: the token before is the assistant's role, so that an answer begins; and functions were
 * offered. After a function's result the line breaks as well, but there the token before is another, and the answer is prose.
 */
export function callingModel(
  chain: Chain,
  vocabulary: Vocabulary,
  feedForward: number,
  callSigns: CallSigns,
): ModelWeights {
  const parts = walk(chain, vocabulary, { ...walker, feedForward, frequencyBase });
  const { stateCount } = parts;
  const signs = { isTurn: stateCount, isOffered: stateCount + 1 };
  lookOneBack(parts, 0, stateOf(parts, vocabulary, callSigns.turn), signs.isTurn);
  lookForAny(parts, 1, stateOf(parts, vocabulary, callSigns.offer), signs.isOffered);
  startCalls(parts, idOf(vocabulary, callSigns.start), Object.values(signs));
  return walkWeights(parts);
}

/** Every pair of the query is turned back by one position, and so points at the key of the token before. */
function lookOneBack(parts: Walk, head: number, sought: number, found: number): void {
  const { headWidth } = parts.architecture;
  for (let pair = 0; pair < headWidth / 2; pair++) {
    const angle = frequencyBase ** ((-2 * pair) / headWidth);
    const row = head * headWidth + 2 * pair;
    fromAnyState(parts, parts.block.query, row, strength * Math.cos(angle));
    fromAnyState(parts, parts.block.query, row + 1, -strength * Math.sin(angle));
    fromAnyState(parts, parts.block.key, row, strength);
  }
  raiseFlag(parts, head, sought, found);
}

/** The slowest pair meets its key however far back it is. Where there is none, the gaze rests on all tokens alike, and they say nothing. */
function lookForAny(parts: Walk, head: number, sought: number, found: number): void {
  const { headWidth } = parts.architecture;
  const row = head * headWidth + headWidth - 2;
  fromAnyState(parts, parts.block.query, row, strength);
  parts.block.key.set(row, sought, strength / normed(parts.architecture));
  raiseFlag(parts, head, sought, found);
}

function raiseFlag({ block, architecture }: Walk, head: number, sought: number, found: number): void {
  const row = head * architecture.headWidth;
  block.value.set(row, sought, flag / normed(architecture));
  block.attentionOutput.set(found, row, 1);
}

function startCalls({ outputs, stateCount, architecture }: Walk, token: number, signs: readonly number[]): void {
  const length = normed(architecture);
  for (let row = 0; row < outputs.rows; row++) for (const sign of signs) outputs.set(row, sign, 0);
  for (let state = 0; state < stateCount; state++) outputs.set(token, state, start.never / length);
  for (const sign of signs) outputs.set(token, sign, start.perSign / (flag * length));
}

/** Each vector has a one on the axis of its state, so that the same number in all of their columns is a constant. */
function fromAnyState({ stateCount, architecture }: Walk, matrix: Matrix, row: number, value: number): void {
  for (let state = 0; state < stateCount; state++) matrix.set(row, state, value / normed(architecture));
}

/** What a norm makes of the one. */
const normed = ({ width }: Architecture): number => Math.sqrt(width);

function stateOf({ states }: Walk, vocabulary: Vocabulary, text: string): number {
  const state = states.get(idOf(vocabulary, text));
  if (state === undefined) throw new Error(`"${text}" has no state`);
  return state;
}

function idOf(vocabulary: Vocabulary, text: string): number {
  const id = vocabulary.idOf(text);
  if (id === undefined) throw new Error(`"${text}" is not one token`);
  return id;
}
