import { stamp } from "./stamp.ts";

/** What reads a response's body to its end. */
const readers = ["text", "json", "arrayBuffer", "bytes", "blob", "formData"] as const;

/** A body, and whether somebody has read or cancelled it. */
export interface DisturbableBody {
  readonly stream: ReadableStream<Uint8Array>;
  readonly isDisturbed: boolean;
}

/**
 * Gives a response another body: the same object, with the same URL, status and headers, whose body and readers are those of `body`.
 * @returns the same response
 */
export function withBody(response: Response, body: DisturbableBody): Response {
  shown.set(response, new ShownBody(body));
  holders.set(body.stream, response);
  return Object.defineProperties(response, properties);
}

/** What a response shows of its body. A `Response` for its readers costs as much as the stream: it is made when one is called. */
class ShownBody {
  readonly #body: DisturbableBody;
  #inner: Response | undefined;

  constructor(body: DisturbableBody) {
    this.#body = body;
  }

  get stream(): ReadableStream<Uint8Array> | null {
    return this.#inner === undefined ? this.#body.stream : this.#inner.body;
  }

  get isUsed(): boolean {
    return this.#inner?.bodyUsed ?? this.#body.isDisturbed;
  }

  /** A response with this body, to read it by. A body that is read or locked fails there as the app's own would. */
  innerOf({ status, statusText, headers }: Response): Response {
    const { stream, isDisturbed } = this.#body;
    if (this.#inner === undefined && (isDisturbed || stream.locked)) return unusableResponse();
    this.#inner ??= new Response(stream, { status, statusText, headers });
    return this.#inner;
  }
}

function unusableResponse(): Response {
  const unusable = new Response(new ReadableStream());
  unusable.body?.getReader();
  return unusable;
}

const shown = stamp<Response, ShownBody>();

/** Keeps a response for as long as its body: `fetch` cancels the body that it gave when nobody holds the response. */
const holders = stamp<ReadableStream, Response>();

/** Of all such responses. */
const properties: PropertyDescriptorMap = {
  body: getter((response) => shown.get(response)?.stream),
  bodyUsed: getter((response) => shown.get(response)?.isUsed),
  clone: method("clone", (inner, response) => clonedFrom(inner, response)),
};

for (const name of readers) {
  if (name in Response.prototype) properties[name] = method(name, (inner) => inner[name]());
}

function getter(read: (response: Response) => unknown): PropertyDescriptor {
  return {
    configurable: true,
    get(this: Response) {
      return read(this);
    },
  };
}

function method(
  name: "clone" | (typeof readers)[number],
  call: (inner: Response, response: Response) => unknown,
): PropertyDescriptor {
  const original = Response.prototype[name];
  const value = function (this: Response) {
    const body = shown.get(this);
    // taken off, it is called with whatever there is
    return body === undefined ? Reflect.apply(original, this, []) : call(body.innerOf(this), this);
  };
  return { configurable: true, writable: true, value };
}

/** A clone says where it is from, as one of a fetched response does. */
function clonedFrom(source: Response, { url, type, redirected }: Response): Response {
  const clone: Response = Response.prototype.clone.call(source);
  for (const [name, value] of Object.entries({ url, type, redirected })) {
    Object.defineProperty(clone, name, { configurable: true, get: () => value });
  }
  const cloneAgain = () => clonedFrom(clone, clone);
  return Object.defineProperty(clone, "clone", { configurable: true, writable: true, value: cloneAgain });
}
