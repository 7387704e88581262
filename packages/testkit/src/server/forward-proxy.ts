import { createServer, request } from "node:http";
import { connect } from "node:net";
import { listenOnLoopback } from "./listen-on-loopback.ts";

export interface ForwardProxy {
  readonly url: string;
  /** What it was asked for: `POST http://…` and `CONNECT host:port`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A forward proxy as companies have them: whole URLs for http, `CONNECT` for anything else. One that hangs accepts, and never answers. */
export async function forwardProxy({ hangs = false } = {}): Promise<ForwardProxy> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`);
    if (hangs) return;
    const { method, headers, url = "" } = req;
    const forwarded = request(url, { method, headers, agent: false }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    forwarded.on("error", () => res.destroy());
    req.pipe(forwarded);
  });
  server.on("connect", ({ url = "" }, client, head) => {
    asked.push(`CONNECT ${url}`);
    client.on("error", () => undefined);
    if (hangs) return;
    const target = connect(Number(new URL(`http://${url}`).port), new URL(`http://${url}`).hostname, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.write(head);
      target.pipe(client).pipe(target);
    });
    target.on("error", () => client.destroy());
  });
  const { port, close } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, asked, close };
}
