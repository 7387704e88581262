import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { aiwatchNode } from "@aiwatch/core/node";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { DoorOptions } from "../doors/door.ts";
import { failure, type TestRoute } from "./test-route.ts";

/** An app on plain `node:http` with the door and these routes, which does not listen yet. */
export function plainServer(aiwatch: Aiwatch, routes: readonly TestRoute[], options?: DoorOptions): Server {
  const taken = new WeakMap<IncomingMessage, string>();
  const listener = async (req: IncomingMessage, res: ServerResponse) => {
    const route = routes.find((candidate) => matches(candidate, req));
    if (route === undefined) return void res.writeHead(404).end("not found");
    taken.set(req, templateOf(route));
    await answer(route, req, res);
  };
  const observed = aiwatchNode(listener, aiwatch, { ...options, routeOf: (req) => taken.get(req) });
  return createServer(async (req, res) => {
    try {
      await observed(req, res);
    } catch {
      if (res.headersSent) res.destroy();
      else res.writeHead(500).end("failed");
    }
  });
}

function templateOf({ mount = "", path }: TestRoute): string {
  return mount + path;
}

function matches(route: TestRoute, req: IncomingMessage): boolean {
  const { method = "get" } = route;
  const asked = req.method === "HEAD" ? "get" : req.method?.toLowerCase();
  const template = new RegExp(`^${templateOf(route).replace(/:\w+/g, "[^/]+")}$`);
  return asked === method && template.test(req.url?.split("?")[0] ?? "");
}

async function answer(route: TestRoute, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if ("text" in route) res.end(route.text);
  else if ("parsed" in route) res.end(route.parsed((await json(req)) as { text: string }));
  else if ("raw" in route) route.raw(req, res);
  else {
    if (route.fails === "async") await new Promise((resolve) => setImmediate(resolve));
    if (route.fails === "afterHeaders") res.write("first");
    throw failure();
  }
}
