import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Hono, MiddlewareHandler } from "hono";
import { caseRoute } from "../exchange-case.ts";
import type { AppOfCase } from "./app-of-case.ts";
import { load } from "./load.ts";

type Env = { Bindings: { incoming: IncomingMessage; outgoing: ServerResponse } };

function isHttp2({ outgoing }: Env["Bindings"]): boolean {
  return "stream" in outgoing;
}

/** @param createServer of HTTP/1 where it is left out @param inner mounted behind our door */
export async function honoServer(
  app: AppOfCase,
  createServer?: unknown,
  inner: readonly MiddlewareHandler[] = [],
): Promise<Server> {
  const { exchange, aiwatch } = app;
  const hono = await load<typeof import("hono")>("hono");
  const { createAdaptorServer } = await load<typeof import("@hono/node-server")>("@hono/node-server");
  const { RESPONSE_ALREADY_SENT } = await load<typeof import("@hono/node-server/utils/response")>(
    "@hono/node-server/utils/response",
  );
  const host: Hono<Env> = new hono.Hono<Env>();
  if (aiwatch !== undefined) {
    const { aiwatchHono } = await load<typeof import("@aiwatch/core/hono")>("@aiwatch/core/hono");
    host.use(aiwatchHono(aiwatch));
  }
  for (const middleware of inner) host.use(middleware);
  // its own error handler would write on stderr
  host.onError((error, c) =>
    "getResponse" in error ? (error.getResponse as () => Response)() : c.text("failed", 500),
  );
  host.all(caseRoute, async (c) => {
    const stage = app.nextStage();
    if (exchange.hono !== undefined) return exchange.hono(c, stage);
    // of HTTP/2, Hono's server destroys a request soon after its handler has returned that nobody has read by then
    const closed = isHttp2(c.env) ? new Promise((resolve) => c.env.outgoing.once("close", resolve)) : undefined;
    await exchange.handle?.(c.env.incoming, c.env.outgoing, stage);
    await closed;
    return RESPONSE_ALREADY_SENT;
  });
  const options = { fetch: host.fetch, hostname: "x", createServer, serverOptions: exchange.serverOptions ?? {} };
  return createAdaptorServer(options as Parameters<typeof createAdaptorServer>[0]) as Server;
}
