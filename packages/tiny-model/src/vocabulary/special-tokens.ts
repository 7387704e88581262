/** ChatML's marks. `end` is the end of a turn and of generation; `text` separates documents and is never put in by itself. */
export const specialTokens = { text: "<|endoftext|>", start: "<|im_start|>", end: "<|im_end|>" } as const;
