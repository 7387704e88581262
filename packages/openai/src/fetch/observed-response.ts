/** What a `Response` has of its body. */
const readers = ["text", "json", "arrayBuffer", "bytes", "blob", "formData"] as const;

/**
 * Gives a response another body: the same object, with the same URL, status and headers, whose body and readers are those of `body`.
 * @returns the same response
 */
export function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers } = response;
  return readFrom(response, new Response(body, { status, statusText, headers }));
}

function readFrom(response: Response, inner: Response): Response {
  const define = (name: string, property: PropertyDescriptor) =>
    Object.defineProperty(response, name, { configurable: true, enumerable: false, ...property });
  define("body", { get: () => inner.body });
  define("bodyUsed", { get: () => inner.bodyUsed });
  for (const name of readers) {
    const read: unknown = Reflect.get(inner, name);
    if (typeof read === "function") define(name, { writable: true, value: () => Reflect.apply(read, inner, []) });
  }
  define("clone", { writable: true, value: () => clonedFrom(inner, response) });
  return response;
}

/** A clone says where it is from, as one of a fetched response does. */
function clonedFrom(source: Response, { url, type, redirected }: Response): Response {
  const clone: Response = Response.prototype.clone.call(source);
  for (const [name, value] of Object.entries({ url, type, redirected })) {
    Object.defineProperty(clone, name, { configurable: true, enumerable: false, get: () => value });
  }
  const cloneAgain = () => clonedFrom(clone, clone);
  return Object.defineProperty(clone, "clone", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: cloneAgain,
  });
}
