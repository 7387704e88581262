import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { readBody, testServer } from "../server/test-server.ts";
import { Pending, patience } from "../wait/pending.ts";
import type { DecodedSpan } from "./decoded-span.ts";
import { traceEncodings } from "./trace-encodings.ts";

export interface OtlpReceiver {
  /** `http://127.0.0.1:port`, what `OTEL_EXPORTER_OTLP_ENDPOINT` takes; traces arrive at `/v1/traces`. */
  readonly url: string;
  /** `127.0.0.1:port`. */
  readonly endpoint: string;
  /** Requests to `/v1/traces`, the refused ones included. */
  readonly requests: number;
  /** The headers of those requests, in order. */
  headers(): readonly IncomingHttpHeaders[];
  /** All spans so far, in the order they came. */
  spans(): DecodedSpan[];
  /**
   * Resolves with all spans as soon as `predicate` holds for them; looks again whenever a request was decoded.
   * Rejects after `timeoutMs` (by default before the test does), at `close()`, and when a request cannot be decoded.
   */
  waitForSpans(
    predicate: (spans: readonly DecodedSpan[]) => boolean,
    options?: { timeoutMs?: number },
  ): Promise<DecodedSpan[]>;
  close(): Promise<void>;
}

/** A back end for OTLP over HTTP, protobuf and JSON, plain and gzip, that keeps what it was sent. */
export async function otlpReceiver(): Promise<OtlpReceiver> {
  const encodings = traceEncodings();
  const received: DecodedSpan[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const pending = new Pending<DecodedSpan[]>();
  let refusal: Error | undefined;

  const server = await testServer((request, response) => {
    if (!isExport(request)) return answer(response, 404, "text/plain", `no such thing here: ${request.url}`);
    headers.push(request.headers);
    receive(request, response).catch((error: unknown) => {
      refusal = new Error(`the OTLP request cannot be decoded: ${error}`, { cause: error });
      answer(response, 400, "text/plain", refusal.message);
      pending.settle();
    });
  });

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const type = request.headers["content-type"]?.split(";")[0];
    const encoding = encodings.find(({ contentType }) => contentType === type);
    if (!encoding) throw new Error(`unknown content type: ${type}`);
    received.push(...encoding.decode(await readBody(request)));
    answer(response, 200, encoding.contentType, encoding.success);
    pending.settle();
  }

  return {
    url: server.url,
    endpoint: `127.0.0.1:${server.port}`,
    get requests() {
      return headers.length;
    },
    headers: () => [...headers],
    spans: () => [...received],
    waitForSpans: (predicate, { timeoutMs = patience() } = {}) =>
      pending.wait(
        () => {
          if (refusal) throw refusal;
          return predicate(received) ? [...received] : undefined;
        },
        timeoutMs,
        () =>
          `for spans; so far ${headers.length} requests with: ${received.map(({ name }) => name).join(", ") || "none"}`,
      ),
    close: () => {
      pending.end("the OTLP receiver was closed");
      return server.close();
    },
  };
}

function isExport(request: IncomingMessage): boolean {
  return request.method === "POST" && request.url === "/v1/traces";
}

function answer(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { "content-type": contentType }).end(body);
}
