import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { aiwatchNode } from "@aiwatch/core/node";
import { clientReports } from "@aiwatch/core/reports";
import type { BrowserReport } from "@aiwatch/core/reports-schema";
import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { type TestServer, testServer } from "@aiwatch/testkit";
import { build } from "esbuild";

/** A batch as it arrived, and what core answered. */
export interface Posted {
  readonly body: BrowserReport;
  readonly headers: IncomingMessage["headers"];
  readonly res: ServerResponse;
}

export interface PageApp extends TestServer {
  readonly posts: readonly Posted[];
  /** All spans, errors or vitals so far, of whatever batch. */
  all<List extends "spans" | "errors" | "vitals">(list: List): NonNullable<BrowserReport[List]>[number][];
  readonly sample: TestAiwatch["sample"];
}

/** Answers what the test adds to the app. @returns false where it does not know the path */
export type Route = (req: IncomingMessage, res: ServerResponse, path: string) => boolean;

/** The reporter and its outbox, as a script that makes the global `aiwatch`. */
export async function reporterScript(): Promise<string> {
  const source = (name: string) => JSON.stringify(fileURLToPath(new URL(`../${name}.ts`, import.meta.url)));
  const contents = `export * from ${source("index")}; export { Outbox } from ${source("outbox")};`;
  const stdin = { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "iife", globalName: "aiwatch" });
  return outputFiles[0]!.text;
}

/** A page with the reporter's script, and core's door behind it. `/` has the script alone, `/?…` runs what is behind the question mark, too. */
export async function pageApp(script: string, route: Route = () => false): Promise<PageApp> {
  const { aiwatch, sample } = createTestAiwatch();
  const posts: Posted[] = [];
  const pages = (req: IncomingMessage, res: ServerResponse) => {
    const { pathname, search } = new URL(req.url ?? "/", "http://app");
    if (route(req, res, pathname)) return;
    if (pathname === "/reporter.js") res.setHeader("content-type", "text/javascript").end(script);
    else if (pathname === "/") res.setHeader("content-type", "text/html").end(documentOf(search.slice(1)));
    else res.setHeader("content-type", "text/html").end("<!doctype html><title>elsewhere</title>");
  };
  const reports = clientReports({ perClientPerMinute: 10_000 });
  const observed = aiwatchNode(pages, aiwatch, { reports });
  const server = await testServer(async (req, res) => {
    // as express.json() leaves it: core reads what was read already
    if (req.method === "POST" && req.url === "/aiwatch/browser") {
      const body = (await json(req)) as BrowserReport;
      posts.push({ body, headers: req.headers, res });
      Object.assign(req, { body });
    }
    observed(req, res);
  });
  const all: PageApp["all"] = (list) => posts.flatMap(({ body }) => [...(body[list] ?? [])]);
  return { ...server, posts, all, sample };
}

const documentOf = (code: string) => `<!doctype html><title>page</title><p id="answer"></p>
<script src="/reporter.js"></script><script>${decodeURIComponent(code)}</script>`;

/** The path of a page that runs code when it is loaded. */
export const running = (code: string) => `/?${encodeURIComponent(code)}`;
