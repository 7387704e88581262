/**
 * Words that may stand in for one another, and what may follow them. A class is a state of the Markov chain: no word stands in two classes, so
 * the last token alone tells where in its sentence the walk is, and that is all that weights without attention can know.
 */
export interface WordClass {
  /** As they appear in the text, the leading space included. The first is the likeliest, and so what greedy decoding picks. */
  readonly words: readonly string[];
  /** Names of the classes that may follow, with weights that need not add up to one; `end` ends the answer. */
  readonly next: Readonly<Record<string, number>>;
}

export type Grammar = Readonly<Record<string, WordClass>>;

/** The same class with more that may follow. */
export const leadingTo = (from: WordClass | undefined, next: WordClass["next"]): WordClass => ({
  words: from?.words ?? [],
  next: { ...from?.next, ...next },
});

/** Words that follow another: each with a space before it. */
export const spaced = (words: string): readonly string[] => words.split(" ").map((word) => ` ${word}`);

/** Words that open a text, and punctuation. */
export const bare = (words: string): readonly string[] => words.split(" ");

/**
 * How an answer begins: a short exclamation in words of its own, and "!" never ends an answer, so that none is over with its first sentence.
 * Greedy decoding says "Good question!"
 */
export const openings: Grammar = {
  // The last token of ChatML's "<|im_start|>assistant\n".
  newline: { words: ["\n"], next: { praise: 5, letMe: 3, happy: 2, sure: 2 } },

  praise: { words: bare("Good Great Fair Nice Thoughtful"), next: { praised: 1 } },
  praised: { words: spaced("question point topic thought"), next: { exclamation: 1 } },

  letMe: { words: bare("Let"), next: { me: 1 } },
  me: { words: spaced("me us"), next: { explain: 1 } },

  happy: { words: bare("Happy Glad"), next: { happyTo: 1 } },
  happyTo: { words: spaced("to"), next: { explain: 1 } },
  explain: { words: spaced("explain elaborate help"), next: { exclamation: 1 } },

  sure: { words: bare("Sure Certainly Absolutely"), next: { exclamation: 1 } },
};

/** The ways into a clause, for the `next` of whatever it may follow. */
export const clauses = { while: 1, because: 1, so: 1 };

/** "… while other requests wait", "… because context is finite", "… so delays stay brief": what may come between an object and the full stop. */
export const clauseClasses: Grammar = {
  while: { words: spaced("while"), next: { waitingKind: 1, waiting: 1 } },
  waitingKind: { words: spaced("other several many"), next: { waiting: 1 } },
  waiting: { words: spaced("requests users sessions clients listeners"), next: { waits: 1 } },
  waits: { words: spaced("wait rest queue relax"), next: { waitManner: 1, stop: 1 } },
  waitManner: { words: spaced("patiently outside together"), next: { stop: 1 } },

  because: { words: spaced("because since"), next: { reason: 1 } },
  reason: { words: spaced("context space capacity hardware patience"), next: { reasonIs: 1 } },
  reasonIs: { words: spaced("is remains"), next: { scarce: 1 } },
  scarce: { words: spaced("finite precious expensive scarce valuable"), next: { stop: 1 } },

  so: { words: spaced("so"), next: { effect: 1 } },
  effect: { words: spaced("delays pauses replies"), next: { stays: 1 } },
  stays: { words: spaced("stay remain"), next: { bearable: 1 } },
  bearable: { words: spaced("brief predictable acceptable"), next: { stop: 1 } },
};

/** "Each generated symbol costs time because context is finite." */
const costs: Grammar = {
  costDeterminer: { words: spaced("Each Every"), next: { costAdjective: 1, costSubject: 1 } },
  costAdjective: { words: spaced("additional single generated extra"), next: { costSubject: 1 } },
  costSubject: { words: spaced("step symbol thread query iteration"), next: { costs: 1 } },
  costs: { words: spaced("costs needs takes deserves requires"), next: { cost: 1 } },
  cost: { words: spaced("time energy attention effort compute"), next: { stop: 1, ...clauses } },
};

/** "Latency improves when prompts overlap." */
const trends: Grammar = {
  quantity: { words: spaced("Latency Throughput Memory Quality Confidence"), next: { moves: 1 } },
  moves: { words: spaced("improves changes varies recovers suffers"), next: { when: 1 } },
  when: { words: spaced("when as whenever"), next: { trendSubject: 1 } },
  trendSubject: { words: spaced("prompts contexts batches answers queries"), next: { trend: 1 } },
  trend: { words: spaced("grow shrink overlap repeat accumulate"), next: { stop: 1 } },
};

export const shortSentences: Grammar = { ...costs, ...trends };

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
