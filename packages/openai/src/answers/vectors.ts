import { isObject, valueAt } from "@aiwatch/core/adapter";
import { type Figures, listAt, readError, readHead, readUsage } from "./figures.ts";
import { readOllamaCounts } from "./ollama.ts";

/** An answer of embeddings, of OpenAI's API, of Ollama's, and of llama-server's own, which is a list. */
export function readEmbeddings(answer: object, figures: Figures): void {
  readRanking(answer, figures);
  readOllamaCounts(answer, figures);
  const first = [Reflect.get(answer, "0"), ...listAt(answer, "data").slice(0, 1), answer].find(isObject);
  const vector = valueAt(first, "embedding") ?? valueAt(first, "embeddings");
  figures.dimensions = lengthOf(vector);
}

/** An answer of a ranking. */
export function readRanking(answer: object, figures: Figures): void {
  readError(answer, figures);
  readHead(answer, figures);
  readUsage(answer, figures);
}

const bytesPerNumber = 4;

/** The length of a vector: a list of numbers, the first of several, or base64 of 32 bits for each. */
function lengthOf(vector: unknown): number | undefined {
  if (typeof vector === "string") return Math.floor(Buffer.byteLength(vector, "base64") / bytesPerNumber);
  if (!Array.isArray(vector)) return undefined;
  return Array.isArray(vector[0]) ? vector[0].length : vector.length;
}
