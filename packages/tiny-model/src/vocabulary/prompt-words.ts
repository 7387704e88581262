import { topicWords } from "./topics.ts";

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
