import { type GpuMemoryReading, isObject, numberAt } from "@aiwatch/core/adapter";

/**
 * What a `Llama` tells of its GPUs: all of them together, and what all programs have taken. `undefined` where it computes on the processor. Memory
 * that the GPU shares with the processor is in both figures, as node-llama-cpp reckons it.
 */
export async function readGpuMemory(llama: object): Promise<GpuMemoryReading | undefined> {
  const read: unknown = Reflect.get(llama, "getVramState");
  if (Reflect.get(llama, "gpu") === false || typeof read !== "function") return undefined;
  const state: unknown = await Reflect.apply(read, llama, []);
  if (!isObject(state)) return undefined;
  const [totalBytes, usedBytes] = [numberAt(state, "total"), numberAt(state, "used")];
  return totalBytes === undefined || usedBytes === undefined || totalBytes <= 0 ? undefined : { totalBytes, usedBytes };
}
