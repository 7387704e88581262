/** A collector in a process of its own: `collector-process.ts PROTOCOL PORT LEDGER`. It is told by `POST /manner/…` on another port how to be. */
import { appendFileSync } from "node:fs";
import { testServer, traceEncodings } from "@aiwatch/testkit";
import type { Batch, Manner } from "./batch.ts";
import { serveGrpc } from "./serve-grpc.ts";
import { serveHttp } from "./serve-http.ts";

const [, , protocol, port, ledger = ""] = process.argv;
let manner: Manner = "healthy";
const encodings = traceEncodings();

const door = await (protocol === "grpc" ? serveGrpc : serveHttp)(Number(port), {
  manner: () => manner,
  take: (contentType, body, answered) => {
    const encoding = encodings.find((one) => one.contentType === contentType);
    if (encoding === undefined) throw new Error(`no encoding for ${contentType}`);
    const spans = encoding.decode(body);
    const newestMs = spans.reduce((newest, span) => Math.max(newest, Number(span.startTimeUnixNano / 1_000_000n)), 0);
    const batch: Batch = { answered, newestMs, spanIds: spans.map(({ spanId }) => spanId) };
    appendFileSync(ledger, `${JSON.stringify(batch)}\n`);
    return encoding.success;
  },
});
const control = await testServer((request, response) => {
  manner = request.url?.split("/").at(-1) as Manner;
  response.end();
});
process.stdout.write(`listening ${door} ${control.port}\n`);
