import { clauses } from "./clauses.ts";
import { bare, type Grammar, spaced } from "./word-class.ts";

const subject: Grammar = {
  determiner: { words: spaced("The This Our"), next: { agentAdjective: 3, agent: 1 } },
  adverbial: { words: spaced("Usually Meanwhile First Next Sometimes Afterwards Eventually"), next: { comma: 1 } },
  comma: { words: bare(","), next: { innerDeterminer: 1 } },
  innerDeterminer: { words: spaced("this our"), next: { agentAdjective: 2, agent: 1 } },
  agentAdjective: { words: spaced("small local quiet careful patient tiny modest friendly calm"), next: { agent: 1 } },
  agent: {
    words: spaced("model engine sampler tokenizer scheduler server runtime decoder"),
    next: { manner: 3, reads: 2, keeps: 2, writes: 1, measures: 1 },
  },
  manner: {
    words: spaced("carefully quickly quietly gently always often simply calmly"),
    next: { reads: 6, keeps: 3, writes: 3, measures: 2 },
  },
};

const reading: Grammar = {
  reads: { words: spaced("reads studies follows scans understands considers"), next: { readDeterminer: 1 } },
  readDeterminer: { words: spaced("the your"), next: { readAdjective: 2, readObject: 1 } },
  readAdjective: { words: spaced("whole long new incoming original"), next: { readObject: 1 } },
  readObject: {
    words: spaced("prompt message request conversation instruction"),
    next: { and: 5, before: 2, stop: 1, ...clauses },
  },
  before: { words: spaced("before"), next: { gerund: 1 } },
  gerund: { words: spaced("speaking answering deciding replying choosing"), next: { stop: 1 } },
  // Only here are two verbs joined, and never back to reading: every sentence comes to an end.
  and: { words: spaced("and"), next: { promptly: 3, writes: 2, keeps: 1 } },
  promptly: { words: spaced("then soon gladly"), next: { writes: 4, keeps: 1 } },
};

const writing: Grammar = {
  writes: { words: spaced("writes offers returns composes streams produces"), next: { writeDeterminer: 1 } },
  writeDeterminer: { words: spaced("a one"), next: { writeAdjective: 1 } },
  writeAdjective: { words: spaced("clear short useful readable helpful plain concise"), next: { writeObject: 1 } },
  writeObject: {
    words: spaced("answer reply sentence summary response paragraph"),
    next: { without: 3, for: 2, within: 1, stop: 1, ...clauses },
  },
  without: { words: spaced("without"), next: { trouble: 1 } },
  trouble: { words: spaced("delay hesitation haste complaint"), next: { stop: 1 } },
  for: { words: spaced("for"), next: { audience: 1 } },
  audience: { words: spaced("everyone you people readers developers"), next: { stop: 1 } },
  within: { words: spaced("within"), next: { timespan: 1 } },
  timespan: { words: spaced("milliseconds moments seconds"), next: { stop: 1 } },
};

const keeping: Grammar = {
  keeps: { words: spaced("keeps stores remembers reuses caches holds"), next: { keepDeterminer: 1 } },
  keepDeterminer: { words: spaced("every each"), next: { keepAdjective: 1, keepObject: 1 } },
  keepAdjective: { words: spaced("earlier recent important cached previous"), next: { keepObject: 1 } },
  keepObject: { words: spaced("token word detail turn fact"), next: { inside: 4, stop: 1, ...clauses } },
  inside: { words: spaced("in"), next: { placeAdjective: 2, place: 1 } },
  placeAdjective: { words: spaced("fast shared limited nearby"), next: { place: 1 } },
  place: { words: spaced("memory storage"), next: { stop: 3, ...clauses } },
};

const measuring: Grammar = {
  measures: { words: spaced("measures reports watches tracks"), next: { measured: 1 } },
  measured: { words: spaced("latency throughput usage progress"), next: { plus: 2, stop: 1, ...clauses } },
  plus: { words: spaced("plus"), next: { measuredToo: 1 } },
  measuredToo: { words: spaced("temperature pressure bandwidth uptime"), next: { stop: 1 } },
};

/**
 * "The small model carefully reads the whole prompt and then writes a clear answer without delay." Each kind of verb has its own determiners,
 * adjectives and nouns, so that what is read is a prompt and what is written is an answer.
 */
export const agentSentences: Grammar = { ...subject, ...reading, ...writing, ...keeping, ...measuring };
