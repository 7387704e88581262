/** The words in which node-llama-cpp presents functions to a model, so that their token count looks like a real model's. */
export const functionWords: readonly string[] = [
  ..."calls provided functions needed retrieve relying existing knowledge fulfill relevant advance responding prior calling string prefix mandatory inform using anything raw result appears afterwards part paraphrases repeats syntax"
    .split(" ")
    .map((word) => ` ${word}`),
  ..."Provided Calling Note result".split(" "),
];
