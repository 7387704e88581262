/** ChatML's marks. `end` is the end of a turn and of generation; `text` separates documents and is never put in by itself. */
export const specialTokens = { text: "<|endoftext|>", start: "<|im_start|>", end: "<|im_end|>" } as const;

/** Around a thought, in a model that thinks. Not marks: like such models' own, they are told in any text, and are part of what is said. */
export const thoughtTokens = { start: "<think>", end: "</think>" } as const;
