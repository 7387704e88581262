import { performance } from "node:perf_hooks";

/** An answer as a reader gets it, with the time of each chunk since the call. */
export interface ClockedAnswer {
  readonly status: number;
  /** A character for each byte, so far. */
  readonly text: string;
  readonly chunks: readonly { readonly end: number; readonly ms: number }[];
}

export type PlainFetch = (url: string, init: RequestInit) => Promise<Response>;

/** Calls, reads to the end, and notes when what came. @param most breaks off when so many chunks came */
export async function readClocked(
  call: PlainFetch,
  url: string,
  init: RequestInit,
  most = Number.POSITIVE_INFINITY,
): Promise<ClockedAnswer> {
  const answer = new Reading();
  const response = await call(url, init);
  answer.status = response.status;
  for await (const chunk of response.body ?? []) {
    answer.add(chunk);
    if (answer.chunks.length >= most) break;
  }
  return answer;
}

/** Notes below the observer, by the request's seed, what it reads: a bare reader's clock on the same answers. */
export function clockedFetch(answers: Map<number, ClockedAnswer>): PlainFetch {
  return async (url, init) => {
    const answer = new Reading();
    answers.set(seedIn(init), answer);
    const response = await fetch(url, init);
    const { status, statusText, headers } = response;
    answer.status = status;
    const noted = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        answer.add(chunk);
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body?.pipeThrough(noted) ?? null, { status, statusText, headers });
  };
}

/** What tells requests of a test apart, in their records as well. */
function seedIn({ body }: RequestInit): number {
  return JSON.parse(String(body)).seed;
}

class Reading implements ClockedAnswer {
  readonly chunks: { end: number; ms: number }[] = [];
  status = 0;
  text = "";
  readonly #begunAt = performance.now();

  add(chunk: Uint8Array): void {
    const ms = performance.now() - this.#begunAt;
    this.text += Buffer.from(chunk).toString("latin1");
    this.chunks.push({ end: this.text.length, ms });
  }
}

/** When the reader had the bytes up to `end`. */
export function msAt({ chunks }: ClockedAnswer, end: number): number {
  return chunks.find((chunk) => chunk.end >= end)?.ms ?? Number.NaN;
}
