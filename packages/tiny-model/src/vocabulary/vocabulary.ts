import { grammar, wordsOf } from "../grammar/grammar.ts";
import { specialTokens } from "./special-tokens.ts";

/**
 * GPT-2's spelling of bytes as printable characters, in which the vocabulary of a byte-level tokenizer is written: printable Latin-1 bytes stand
 * for themselves, and the others, in order, take the code points from 256 on. A space becomes "Ġ", a newline "Ċ".
 */
export const byteCharacters: readonly string[] = spellings();

const utf8 = new TextEncoder();

/** A text as the vocabulary spells it. */
export function byteLevel(text: string): string {
  return Array.from(utf8.encode(text), (byte) => byteCharacters[byte]).join("");
}

function spellings(): string[] {
  let moved = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : moved++));
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/** The words in which node-llama-cpp presents functions to a model, so that their token count looks like a real model's. */
export const functionWords: readonly string[] = [
  ..."calls provided functions needed retrieve relying existing knowledge fulfill relevant advance responding prior calling string prefix mandatory inform using anything raw result appears afterwards part paraphrases repeats syntax"
    .split(" ")
    .map((word) => ` ${word}`),
  ..."Provided Calling Note result".split(" "),
];

/** The words of a tool's description as JSON; a quotation mark and the word after it are one token. */
export const toolWords: readonly string[] = [
  ..."type function name description parameters properties object string number integer boolean required".split(" "),
].flatMap((word) => [word, ` ${word}`, `"${word}`]);

/** Words that say nothing of what a text is about. */
const empty = new Set(
  `a an the this that these those there here it its he she they them their we our us you your i me my his her
   am is are be been was were do did done does has had have can could will would shall should may might must not no don please
   what when where which who whom how whose why if and or so but because than then while until although both either neither each every some
   all any many much more most as of in on at by for from with without about into over under between after before during against through
   up down out off to always very just too also s t re ve m ll d`.split(/\s+/),
);

/**
 * The word that a token of the file stands for, in lower case, if it is one that tells what a text is about; undefined for bytes, marks and
 * words such as "the".
 */
export function contentWord(token: string): string | undefined {
  const word = token.replace(/^Ġ/u, "").toLowerCase();
  if (!/^[a-z]{2,}$/u.test(word)) return undefined;
  return empty.has(word) ? undefined : word;
}

/** Words that the embedding and ranking models take for near relations of one another. */
const topics = [
  "cat cats kitten feline",
  "dog dogs puppy canine",
  "car cars vehicle train",
  "small tiny little short brief",
  "big large huge",
  "fast quick quickly speed",
  "slow slowly late",
  "good great nice fine",
  "bad wrong poor",
  "happy glad friendly",
  "write writes compose composes produce",
  "read reads study studies scan scans",
  "say tell explain describe answer answers reply replies response respond",
  "question questions query prompt prompts request message",
  "model models engine runtime decoder",
  "token tokens word words symbol",
  "memory storage cache cached caches",
  "latency delay delays pause pauses",
  "computer machine server hardware",
  "city town capital paris london",
  "food bread eat",
  "drink water tea coffee",
  "weather rain snow wind sun",
  "house home",
  "music song",
  "sleep sleeps night bed",
  "book books story poem page",
  "money pay buy price",
].map((words) => words.split(" "));

const topicByWord = new Map(topics.flatMap((words) => words.map((word) => [word, words[0]] as const)));

/** The first of the words that mean about the same, which names the topic; undefined for a word without any. */
export function synonymsOf(word: string): string | undefined {
  return topicByWord.get(word);
}

/** All of them, so that the vocabulary has each as one token. */
export const topicWords: readonly string[] = topics.flat();

/**
 * Words that prompts are likely to hold, so that their token counts look like a real model's; anything else is spelt in bytes. The first group is
 * what chat frameworks put into system prompts.
 */
const groups = [
  `You are a helpful respectful and honest assistant Always answer as helpfully as possible If question does not make any sense or is factually
   coherent explain why instead of answering something incorrectly you don know the to please share false information system user`,
  `I me my we us our they them their he she it its his her this that these those here there`,
  `am be been was were do did done have has had can could will would shall should may might must`,
  `what when where which who whom how whose`,
  `an of in on at by for from with without about into over under between after before during against through up down out off`,
  `but so because than then while until although both either neither each every some all no many much more most few less least`,
  `say said tell give show list write read count think try use find help need want like love look see hear come go get take keep work
   run start stop open close call name describe compare summarize translate continue repeat finish greet reply respond return create build learn
   teach ask let mean happen change move play eat drink sleep walk live feel turn hold bring begin buy pay send win lose`,
  `hello hi hey thanks thank sorry yes okay good great bad nice new old big small long short fast slow hot cold high low easy hard
   simple brief detailed clear first second third last next other same different best better sure true right wrong`,
  `sentence sentences word words paragraph story poem joke text letter line page book song code function test example examples idea ideas
   reason reasons fact facts step steps summary topic point language time day days week month year today tomorrow
   yesterday morning night minute hour world country city capital place home house school street person people man woman child friend
   family name number numbers color sky sea sun moon star water fire air earth food bread tea coffee cat cats dog dogs bird fish horse tree
   weather rain snow wind summer winter car train music game movie money market science history math physics biology`,
  `one two three four five six seven eight nine ten hundred thousand`,
  `model models token tokens prompt prompts context memory server computer machine data file files program software network internet
   database query table value key error log metric trace latency speed test request response stream local large neural node
   javascript typescript python llama document documents search rank query`,
];

/** Names, which keep their capital within a sentence. */
const names =
  "Paris London Berlin Rome France England Germany Italy Europe America English French German Italian Node Monday Sunday".split(
    " ",
  );

/** The contractions that the tokenizer splits off. */
const contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

const words = [...groups, topicWords.join(" ")].flatMap((group) => group.split(/\s+/));

/** Each word as it stands within a sentence and at its start; the capital forms for words that open prompts come along for all. */
export const promptWords: readonly string[] = [
  ...contractions,
  ...names.flatMap((name) => [` ${name}`, name]),
  ...words.flatMap((word) => [` ${word}`, word, capitalised(word)]),
];

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

export interface Vocabulary {
  /** In the spelling of the file; a token's place is its id. */
  readonly tokens: readonly string[];
  readonly size: number;
  /** The id of a special token, a word or a mark, given as it appears in text; undefined where it takes several tokens. */
  idOf(text: string): number | undefined;
}

/** llama.cpp insists on a merge whose result is a token; no word depends on it. */
export const onlyMerge = { rule: "Ġ t", result: " t" };

/**
 * Special tokens first, then every byte, so that any text can be told, then whole words: those of every model, and last those that one variant
 * adds.
 */
export function vocabulary(added: readonly string[] = []): Vocabulary {
  const special = Object.values(specialTokens);
  const words = [onlyMerge.result, ...wordsOf(grammar(0)), ...promptWords, ...added].map(byteLevel);
  const tokens = [...new Set([...special, ...byteCharacters, ...words])];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  return {
    tokens,
    size: tokens.length,
    idOf: (text) => ids.get(text) ?? ids.get(byteLevel(text)),
  };
}
