/**
 * What is wrong with a server that was asked. `code` says it to a program.
 *
 * @example
 * const report = await checkPanels({ url }).catch((error: unknown) => {
 *   if (error instanceof ServerError && error.code === "AIWATCH_SERVER_UNREACHABLE") return undefined;
 *   throw error;
 * });
 */
export class ServerError extends Error {
  override readonly name = "ServerError";
  /**
   * `AIWATCH_INVALID_URL`: the address is none. `AIWATCH_SERVER_UNREACHABLE`: nobody answers there, or not in time. `AIWATCH_WRONG_SERVER`: who
   * answers is not the server that was meant. `AIWATCH_SERVER_REFUSED`: it is, and says no.
   */
  readonly code:
    | "AIWATCH_INVALID_URL"
    | "AIWATCH_SERVER_UNREACHABLE"
    | "AIWATCH_WRONG_SERVER"
    | "AIWATCH_SERVER_REFUSED";

  constructor(code: ServerError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface JsonServerOptions {
  /** What it should be, for messages: "Grafana". */
  readonly product: string;
  /** `http://host:port`, with a path where the server is below one. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one answer may take. @default 30000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  /** What the body says; absent where it is no JSON. */
  readonly body?: unknown;
  /** For messages: `502 text/html`. */
  readonly summary: string;
}

/** A question is a GET; with a body or a form it is a POST. */
export interface JsonRequest {
  readonly body?: unknown;
  readonly form?: URLSearchParams;
}

export interface JsonServer {
  readonly url: string;
  /** @throws ServerError nobody answers, or it redirects */
  ask(path: string, request?: JsonRequest): Promise<JsonAnswer>;
}

/**
 * A server that answers in JSON. No redirect is followed: a token would go with it.
 *
 * @throws ServerError `AIWATCH_INVALID_URL`
 */
export function jsonServer({ product, url, headers, timeoutMs = 30_000, signal }: JsonServerOptions): JsonServer {
  const base = baseOf(url, product);
  return {
    url: base,
    async ask(path, request = {}) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const ended = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
      try {
        return await answerOf(await fetch(`${base}${path}`, initOf(request, headers, ended)), { base, product });
      } catch (error) {
        if (error instanceof ServerError || signal?.aborted) throw error;
        const reason = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error);
        const message = `${product} is not reachable at ${base}: ${reason}. Is it running, and reachable from here?`;
        throw new ServerError("AIWATCH_SERVER_UNREACHABLE", message, { cause: error });
      }
    },
  };
}

function initOf({ body, form }: JsonRequest, headers: JsonServerOptions["headers"], signal: AbortSignal): RequestInit {
  const init = { redirect: "manual", signal } as const;
  const accept = { accept: "application/json", ...headers };
  if (form !== undefined) return { ...init, method: "POST", body: form, headers: accept };
  if (body === undefined) return { ...init, headers: accept };
  const json = { "content-type": "application/json", ...accept };
  return { ...init, method: "POST", body: JSON.stringify(body), headers: json };
}

function baseOf(url: string, product: string): string {
  const wrong = (why: string) =>
    new ServerError("AIWATCH_INVALID_URL", `${product}'s URL ${why}: write it as http://host:port`);
  if (!URL.canParse(url)) throw wrong(`is "${url}", which is none`);
  const { protocol, username, password, origin, pathname } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") throw wrong(`is "${url}", which is not one of HTTP`);
  if (username !== "" || password !== "") throw wrong("has a user or a password in it, which is not supported");
  return origin + pathname.replace(/\/+$/, "");
}

async function answerOf(response: Response, { base, product }: { base: string; product: string }): Promise<JsonAnswer> {
  const text = await response.text();
  const type = response.headers.get("content-type")?.split(";")[0] ?? "without a type";
  const summary = `${response.status} ${type}`;
  if (response.status >= 300 && response.status < 400) {
    const target = response.headers.get("location") ?? "elsewhere";
    throw new ServerError(
      "AIWATCH_WRONG_SERVER",
      `${base} redirects to ${target}: give the URL at which ${product} itself answers`,
    );
  }
  try {
    return { status: response.status, body: JSON.parse(text), summary };
  } catch {
    return { status: response.status, summary };
  }
}

/** `fetch` says "fetch failed", and its cause why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? cause.message : String(cause);
}
