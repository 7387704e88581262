import { type GgmlType, type GgufTensorInfo, readGgufFileInfo } from "node-llama-cpp";

/** Bytes of the element types that the tiny model is written in, from the GGUF specification. */
const elementBytes: Readonly<Partial<Record<GgmlType, number>>> = { 0: 4, 1: 2, 6: 22 / 32 };

function tensorBytes({ dimensions, ggmlType, name }: GgufTensorInfo): number {
  const bytes = elementBytes[ggmlType];
  if (bytes === undefined) throw new Error(`tensor ${name} has the type ${ggmlType}`);
  return dimensions.reduce<number>((product, dimension) => product * Number(dimension), bytes);
}

/** The sum of a file's tensors, read from the file and not from the engine. */
export async function tensorBytesOf(path: string): Promise<number> {
  const { tensorInfo = [] } = await readGgufFileInfo(path, { logWarnings: false });
  return tensorInfo.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
}

/** Bytes of one token's rows of 16-bit keys and values, from the file's metadata. */
export async function kvRowBytesOf(path: string): Promise<number> {
  const { metadata } = await readGgufFileInfo(path, { logWarnings: false });
  if (metadata.llama === undefined) throw new Error(`the architecture is ${metadata.general.architecture}`);
  const { block_count, embedding_length, attention } = metadata.llama;
  const { head_count, head_count_kv = head_count } = attention;
  return block_count * 2 * 2 * head_count_kv * (embedding_length / head_count);
}
