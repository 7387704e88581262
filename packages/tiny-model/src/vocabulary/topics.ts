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
