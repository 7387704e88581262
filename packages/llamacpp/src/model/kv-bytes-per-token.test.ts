import { describe, expect, test } from "vitest";
import { ggmlTypes, kvBytesPerToken } from "./kv-bytes-per-token.ts";

/** Llama 3.1 8B, whose cache is known to cost 128 KiB a token in 16 bits. */
const llama8b = { block_count: 32, embedding_length: 4096, attention: { head_count: 32, head_count_kv: 8 } };
const { F16, F32, Q8_0, Q4_0 } = ggmlTypes;

describe("the formula", () => {
  test("16 bits", () => {
    expect(kvBytesPerToken(llama8b, F16, F16)).toBe(131_072);
  });

  test.each([
    ["32 bits", F32, F32, 262_144],
    ["quantised blocks", Q8_0, Q8_0, 69_632],
    ["keys and values of different types", Q8_0, Q4_0, 53_248],
  ])("%s", (_case, keys, values, bytes) => {
    expect(kvBytesPerToken(llama8b, keys, values)).toBe(bytes);
  });

  test("named key and value lengths, and every head with keys of its own where none are named", () => {
    const attention = { head_count: 8, key_length: 256, value_length: 128 };
    expect(kvBytesPerToken({ block_count: 2, embedding_length: 1024, attention }, F16, F16)).toBe(12_288);
  });

  test("metadata as bigint, and heads named for each layer alike", () => {
    const attention = { head_count: 32n, head_count_kv: [8, 8] };
    expect(kvBytesPerToken({ block_count: 2n, embedding_length: 4096n, attention }, F16, F16)).toBe(8192);
  });
});

describe("unknown for layouts that it does not fit", () => {
  const attention = (more: object) => ({ ...llama8b, attention: { ...llama8b.attention, ...more } });
  test.each([
    ["a sliding window", attention({ sliding_window: 4096 })],
    ["latent attention", attention({ kv_lora_rank: 512 })],
    ["layers that share their cache", attention({ shared_kv_layers: 10 })],
    ["heads that differ by layer", attention({ head_count_kv: [8, 4] })],
    ["layers without heads", attention({ head_count_kv: [0, 8] })],
    ["an encoder", attention({ causal: false })],
    ["a recurrent state", { ...llama8b, ssm: { state_size: 128 } }],
    ["a hybrid", { ...llama8b, full_attention_interval: 4 }],
    ["layers that predict further tokens", { ...llama8b, nextn_predict_layers: 1 }],
    ["no attention", { block_count: 4, embedding_length: 64 }],
    ["no head count", { block_count: 4, embedding_length: 64, attention: {} }],
  ])("%s", (_case, metadata) => {
    expect(kvBytesPerToken(metadata, F16, F16)).toBeUndefined();
  });

  test("chunked attention, by its architecture", () => {
    expect(kvBytesPerToken(llama8b, F16, F16, "llama4")).toBeUndefined();
    expect(kvBytesPerToken(llama8b, F16, F16, "llama")).toBe(131_072);
  });

  test("an unknown type, and rows that its blocks do not divide", () => {
    expect(kvBytesPerToken(llama8b, 999, F16)).toBeUndefined();
    const attention = { head_count: 1 };
    expect(kvBytesPerToken({ block_count: 1, embedding_length: 40, attention }, Q8_0, F16)).toBeUndefined();
  });

  test("what converters write as 0 is not there", () => {
    expect(kvBytesPerToken({ ...attention({ sliding_window: 0 }), nextn_predict_layers: 0 }, F16, F16)).toBe(131_072);
  });
});
