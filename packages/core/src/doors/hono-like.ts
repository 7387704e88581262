/**
 * What is needed of Hono 4, structurally: its types are not imported, so that an app without it can still read ours.
 */
export interface HonoContextLike {
  /** With `@hono/node-server` it holds Node's pair, `incoming` and `outgoing`. Without any bindings it may be undefined. */
  readonly env: unknown;
  readonly req: HonoRequestLike;
  /** The answer so far. To read it makes one where there is none yet. */
  res: Response;
  /** Whether there is an answer. */
  readonly finalized: boolean;
  readonly get: (key: never) => unknown;
}

export interface HonoRequestLike {
  readonly raw: Request;
  readonly method: string;
  readonly path: string;
  header(name: string): string | undefined;
  /** Rejects where the body was read past Hono. */
  text(): Promise<string>;
  /** What was read of the body by Hono's own methods, by their names. */
  readonly bodyCache?: object;
  /** Which of the matched routes runs, or ran last. */
  readonly routeIndex: number;
  /** Middleware and handlers that match the request, in the order in which they run. */
  readonly matchedRoutes?: readonly HonoRouteLike[];
}

export interface HonoRouteLike {
  readonly method: string;
  /** The whole template, with the prefixes of `route()` and `basePath()`. */
  readonly path: string;
  readonly handler: (...args: never[]) => unknown;
}
