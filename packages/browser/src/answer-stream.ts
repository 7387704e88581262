import type { ObservedAnswer } from "./answers.ts";
import { FirstText } from "./first-text.ts";
import { quietly } from "./page-errors.ts";

const readers = ["text", "json", "arrayBuffer", "blob", "bytes", "formData"] as const;

/**
 * Has an answer follow the body of its response: the same response object, with the same URL, status, headers, bytes and errors. Nothing is read
 * before the app reads, and no more than a chunk.
 * @param endBy ends the answer by an error of the stream
 */
export function followBody(response: Response, answer: ObservedAnswer, endBy: (error: unknown) => void): void {
  const source = response.body;
  if (source === null) return;
  let inner: Response | undefined;
  // made when it is first read: whatever takes the response itself, such as a cache, still finds its own body
  const seen = () => {
    inner ??= new Response(followed(source, answer, endBy), response);
    return inner;
  };
  const define = (name: string, property: PropertyDescriptor) =>
    Object.defineProperty(response, name, { configurable: true, ...property });
  define("body", { get: () => seen().body });
  define("bodyUsed", { get: () => seen().bodyUsed });
  for (const name of readers) {
    if (name in response) define(name, { writable: true, value: () => seen()[name]() });
  }
  // a clone says where it is from, as one of a fetched response does
  const origin = {
    url: { value: response.url },
    type: { value: response.type },
    redirected: { value: response.redirected },
  };
  define("clone", { writable: true, value: () => Object.defineProperties(seen().clone(), origin) });
}

function followed(
  source: ReadableStream<Uint8Array<ArrayBuffer>>,
  answer: ObservedAnswer,
  endBy: (error: unknown) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const text = new FirstText(answer);
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  return streamLike(source, {
    async pull(controller) {
      reader ??= source.getReader();
      const { done, value } = await reader.read().catch((error: unknown) => {
        endBy(error);
        throw error;
      });
      if (!done) {
        // a stream of the app's own may give anything
        quietly(() => text.read(value));
        return controller.enqueue(value);
      }
      answer.end("answered");
      controller.close();
      // a reader with a buffer of its own is still waiting
      if ("byobRequest" in controller) controller.byobRequest?.respond(0);
    },
    cancel(reason) {
      answer.end(text.isComplete ? "answered" : "aborted");
      return (reader ?? source).cancel(reason);
    },
  });
}

/** What `streamLike` is given, of either kind. */
interface Source {
  pull(controller: ReadableStreamController<Uint8Array<ArrayBuffer>>): Promise<void>;
  cancel(reason: unknown): Promise<void>;
}

/** A stream of bytes where the source is one, as a fetched body is in most browsers: its readers may bring a buffer of their own. */
function streamLike(
  source: ReadableStream<Uint8Array<ArrayBuffer>>,
  follow: Source,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  try {
    source.getReader({ mode: "byob" }).releaseLock();
    return new ReadableStream({ ...follow, type: "bytes" }, { highWaterMark: 0 });
  } catch {
    return new ReadableStream(follow, { highWaterMark: 0 });
  }
}
