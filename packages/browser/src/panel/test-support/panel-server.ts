import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minifiedStyle } from "../../../minified-style.js";

/** Nothing inline, nothing from elsewhere, and no text that becomes markup or code. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Panels</title>
<link rel="stylesheet" href="/page.css">
<main><h1>Panels</h1></main>`;

const css = `html { color-scheme: light dark; background: light-dark(#eef0f5, #0b0c11); color: light-dark(#171923, #eceef5) }
html.light { color-scheme: light } html.dark { color-scheme: dark }
body { margin: 0; padding: 16px; font: 14px "DejaVu Sans", sans-serif }
h1 { font-size: 15px; margin: 0 0 12px }
main { display: grid; gap: 16px; align-items: start; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)) }
h1, .wide { grid-column: 1 / -1 }`;

export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

export interface PanelServer {
  readonly url: string;
  /** What answers a path. */
  readonly routes: Map<string, Handler>;
  /** The paths that were asked, with the time of each. */
  readonly asked: { readonly path: string; readonly at: number }[];
  close(): Promise<void>;
}

/** The panel's entry as a page loads it, in one file. */
export async function bundledPanel(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../index.ts", import.meta.url))],
    conditions: ["@aiwatch/source"],
    plugins: [minifiedStyle],
    ...{ bundle: true, minify: true, write: false, format: "esm", target: "es2022", platform: "browser" },
  });
  return outputFiles[0]?.text ?? "";
}

export const json =
  (value: unknown): Handler =>
  (_req, res) => {
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify(value));
  };

/** A server that is gone in the middle of the answer. */
export const gone: Handler = (_req, res) => {
  res.destroy();
};

/** A server that takes a question, and never answers. */
export const held: Handler = () => undefined;

/** A page under the strictest policy, with the panel's module at `/panel.js`. */
export async function startPanelServer(): Promise<PanelServer> {
  const script = await bundledPanel();
  const asked: { path: string; at: number }[] = [];
  const routes = new Map<string, Handler>([
    ["/panel.js", (_req, res) => void res.setHeader("content-type", "text/javascript").end(script)],
    ["/aiwatch-panel.js", (_req, res) => void res.setHeader("content-type", "text/javascript").end(script)],
    ["/page.css", (_req, res) => void res.setHeader("content-type", "text/css").end(css)],
    ["/", (_req, res) => void res.setHeader("content-type", "text/html").end(page)],
    ["/favicon.ico", (_req, res) => void res.writeHead(204).end()],
  ]);
  const server = createServer((req, res) => {
    const path = (req.url ?? "").split("?")[0] ?? "";
    asked.push({ path, at: performance.now() });
    res.setHeader("content-security-policy", policy);
    const answer = routes.get(path);
    if (answer === undefined) res.writeHead(404).end();
    else answer(req, res);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    routes,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
