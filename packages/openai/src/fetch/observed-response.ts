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

const shown = new WeakMap<Response, ShownBody>();

/** Of all such responses. */
const properties: PropertyDescriptorMap = {
  body: getter((response) => shown.get(response)?.stream),
  bodyUsed: getter((response) => shown.get(response)?.isUsed),
  clone: method((response, inner) => clonedFrom(inner, response)),
};

for (const name of readers) {
  const read: unknown = Reflect.get(Response.prototype, name);
  if (typeof read === "function") properties[name] = method((_response, inner) => Reflect.apply(read, inner, []));
}

function getter(read: (response: Response) => unknown): PropertyDescriptor {
  return {
    configurable: true,
    get(this: Response) {
      return read(this);
    },
  };
}

function method(call: (response: Response, inner: Response) => unknown): PropertyDescriptor {
  const value = function (this: Response) {
    return call(this, shown.get(this)?.innerOf(this) ?? unusableResponse());
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
