import { bool, type GgufMetadata, int32s, string, strings, uint32 } from "../gguf/write-gguf.ts";
import { specialTokens, thoughtTokens, toolTokens } from "./special-tokens.ts";
import { onlyMerge, type Vocabulary } from "./vocabulary.ts";

/** The format's numbers for kinds of tokens. */
const tokenType = { normal: 1, control: 3, userDefined: 4 } as const;

const special = new Set<string>(Object.values(specialTokens));
const userDefined = new Set<string>([thoughtTokens, toolTokens].flatMap(Object.values));

function typeOf(token: string): number {
  if (special.has(token)) return tokenType.control;
  return userDefined.has(token) ? tokenType.userDefined : tokenType.normal;
}

/**
 * A byte-level tokenizer without a trained merge list: of the pre-tokenizers that llama.cpp knows, "llama-bpe" takes a whole word as one token
 * whenever the vocabulary has it, before it looks at any merge.
 */
export function tokenizerMetadata(vocabulary: Vocabulary, chatTemplate: string): GgufMetadata {
  return {
    "tokenizer.ggml.model": string("gpt2"),
    "tokenizer.ggml.pre": string("llama-bpe"),
    "tokenizer.ggml.tokens": strings(vocabulary.tokens),
    "tokenizer.ggml.token_type": int32s(vocabulary.tokens.map(typeOf)),
    "tokenizer.ggml.merges": strings([onlyMerge.rule]),
    "tokenizer.ggml.bos_token_id": uint32(vocabulary.idOf(specialTokens.text) ?? 0),
    "tokenizer.ggml.eos_token_id": uint32(vocabulary.idOf(specialTokens.end) ?? 0),
    "tokenizer.ggml.padding_token_id": uint32(vocabulary.idOf(specialTokens.text) ?? 0),
    "tokenizer.ggml.add_bos_token": bool(false),
    "tokenizer.ggml.add_eos_token": bool(false),
    "tokenizer.chat_template": string(chatTemplate),
  };
}
