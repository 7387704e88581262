export interface ChatOptions {
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export function postChat(url: string, body: unknown, { headers, signal }: ChatOptions = {}): Promise<Response> {
  return fetch(`${url}/chat`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  });
}

/** An answer that comes: `begun` with its first piece. */
export interface Stream {
  readonly begun: Promise<Response>;
  readonly pieces: readonly string[];
  /** The whole text; rejects when the stream broke. */
  readonly text: Promise<string>;
  abort(): void;
}

export function stream(url: string, body: unknown, headers: Record<string, string> = {}): Stream {
  const controller = new AbortController();
  const pieces: string[] = [];
  const response = postChat(url, body, { headers, signal: controller.signal });
  const reader = response.then((it) =>
    (it.body ?? new Blob().stream()).pipeThrough(new TextDecoderStream()).getReader(),
  );
  const first = reader.then((it) => it.read());
  const text = (async () => {
    for (let piece = await first; !piece.done; piece = await (await reader).read()) pieces.push(piece.value);
    return pieces.join("");
  })();
  const begun = first.then(() => response);
  // whoever aborts asks for neither
  for (const promise of [begun, text]) promise.catch(() => undefined);
  return { begun, pieces, text, abort: () => controller.abort() };
}
