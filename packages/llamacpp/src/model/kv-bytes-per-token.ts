import { isObject, numberAt } from "@aiwatch/core/adapter";

/** Their layout is fixed in llama.cpp and the metadata does not say it: chunked attention, and encoders with a decoder. */
const unfitArchitectures = new Set(["llama4", "t5", "t5encoder"]);

/** Metadata of an attention that does not keep one key and one value row of every token in every layer. */
const unfitAttention = [
  "sliding_window",
  "sliding_window_pattern",
  "key_length_swa",
  "kv_lora_rank",
  "key_length_mla",
  "shared_kv_layers",
] as const;

/** Metadata of layers that keep a state instead of rows, or of layers that keep none. */
const unfitLayers = [
  "ssm",
  "wkv",
  "kda",
  "shortconv",
  "token_shift_count",
  "full_attention_interval",
  "nextn_predict_layers",
] as const;

/**
 * KV-cache bytes of one token: layers × KV heads × (key length × bytes per key element + value length × bytes per value element).
 *
 * @param metadata the part of the GGUF's metadata that is under its architecture's name
 * @param keyType the GGML type of the cached keys
 * @param valueType the GGML type of the cached values
 * @returns `undefined` for layouts that this does not fit: sliding windows, latent attention, recurrent and hybrid models, encoders, layers
 *   that differ
 */
export function kvBytesPerToken(
  metadata: object,
  keyType: number,
  valueType: number,
  architecture?: string,
): number | undefined {
  const attention: unknown = Reflect.get(metadata, "attention");
  if (!isObject(attention) || !fits(metadata, attention, architecture)) return undefined;
  const layers = numberAt(metadata, "block_count");
  const heads = numberAt(attention, "head_count");
  const kvHeads = kvHeadsOf(attention, heads);
  const headSize = headSizeOf(metadata, heads);
  const keyLength = numberAt(attention, "key_length") ?? headSize;
  const valueLength = numberAt(attention, "value_length") ?? headSize;
  if (layers === undefined || kvHeads === undefined || keyLength === undefined || valueLength === undefined) {
    return undefined;
  }
  const keyBytes = rowBytes(keyType, kvHeads * keyLength);
  const valueBytes = rowBytes(valueType, kvHeads * valueLength);
  return keyBytes === undefined || valueBytes === undefined ? undefined : layers * (keyBytes + valueBytes);
}

function fits(metadata: object, attention: object, architecture: string | undefined): boolean {
  if (architecture !== undefined && unfitArchitectures.has(architecture)) return false;
  if (Reflect.get(attention, "causal") === false) return false;
  return !unfitAttention.some((name) => has(attention, name)) && !unfitLayers.some((name) => has(metadata, name));
}

/** Converters write a 0 for what the model does not have. */
function has(holder: object, name: string): boolean {
  const value: unknown = Reflect.get(holder, name);
  return value !== undefined && value !== null && Number(value) !== 0;
}

/** Models may name the heads of each layer; only where all are alike is there one figure. */
function kvHeadsOf(attention: object, heads: number | undefined): number | undefined {
  const named: unknown = Reflect.get(attention, "head_count_kv");
  if (!Array.isArray(named)) return numberAt(attention, "head_count_kv") ?? heads;
  const [first] = named;
  return typeof first === "number" && first > 0 && named.every((count) => count === first) ? first : undefined;
}

function headSizeOf(metadata: object, heads: number | undefined): number | undefined {
  const embedding = numberAt(metadata, "embedding_length");
  return embedding === undefined || heads === undefined || heads <= 0 ? undefined : embedding / heads;
}

/** The GGML types that llama.cpp's KV cache can have, by their number in `ggml.h`. */
export const ggmlTypes = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q5_0: 6,
  Q5_1: 7,
  Q8_0: 8,
  IQ4_NL: 20,
  BF16: 30,
} as const;

/** Elements are stored in blocks: [elements of a block, bytes of a block], `ggml-common.h`. */
const blocks: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  [ggmlTypes.F32]: [1, 4],
  [ggmlTypes.F16]: [1, 2],
  [ggmlTypes.BF16]: [1, 2],
  [ggmlTypes.Q4_0]: [32, 18],
  [ggmlTypes.Q4_1]: [32, 20],
  [ggmlTypes.Q5_0]: [32, 22],
  [ggmlTypes.Q5_1]: [32, 24],
  [ggmlTypes.Q8_0]: [32, 34],
  [ggmlTypes.IQ4_NL]: [32, 18],
};

/** The bytes of a row of `elements`; `undefined` for an unknown type, and for a row that its blocks do not divide. */
export function rowBytes(type: number, elements: number): number | undefined {
  const block = blocks[type];
  if (block === undefined || elements % block[0] !== 0) return undefined;
  return (elements / block[0]) * block[1];
}
