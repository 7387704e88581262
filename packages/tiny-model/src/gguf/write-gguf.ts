import { ByteWriter } from "./byte-writer.ts";
import { type GgufMetadata, writeMetadata } from "./metadata.ts";
import { type Tensor, tensorBytes, tensorTypeIds } from "./tensor.ts";

const magic = new TextEncoder().encode("GGUF");
const version = 3;
/** The format's default; llama.cpp refuses tensors that do not start on it. */
const alignment = 32;

/** A GGUF file: header, metadata, the tensors' names and places, then their data. */
export function writeGguf(metadata: GgufMetadata, tensors: readonly Tensor[]): Uint8Array {
  const writer = new ByteWriter().bytes(magic).uint32(version);
  writer.uint64(tensors.length).uint64(Object.keys(metadata).length);
  writeMetadata(writer, metadata);
  const data = tensors.map(tensorBytes);
  writePlaces(writer, tensors, data);
  for (const bytes of data) writer.align(alignment).bytes(bytes);
  return writer.align(alignment).toBytes();
}

function writePlaces(writer: ByteWriter, tensors: readonly Tensor[], data: readonly Uint8Array[]): void {
  let offset = 0;
  tensors.forEach((tensor, index) => {
    writer.string(tensor.name).uint32(tensor.shape.length);
    for (const length of tensor.shape) writer.uint64(length);
    writer.uint32(tensorTypeIds[tensor.type]).uint64(offset);
    offset += Math.ceil((data[index]?.length ?? 0) / alignment) * alignment;
  });
}
