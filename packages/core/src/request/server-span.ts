import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { cutText } from "../base/cut-text.ts";
import { attribute, ownAttribute } from "../tracing/semconv.ts";
import { currentTracer } from "../tracing/span.ts";
import { type OutsideParents, originOf } from "./outside-parents.ts";
import type { RequestRecord } from "./record.ts";

/** The span of a request, and the context that its handlers run in. */
export interface ServerSpan {
  readonly span: Span;
  readonly context: Context;
  /** The app's own OpenTelemetry made it: it is enriched here and ended there. */
  readonly foreign: boolean;
}

/** What the span is told at its start. */
export interface ServerSpanStart {
  readonly method: string;
  readonly path: string;
  readonly scheme: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly protocolVersion: string;
  readonly requestId: string;
  /** @default "trust" */
  readonly outsideParents?: OutsideParents | undefined;
}

/** Where OpenTelemetry's HTTP instrumentation leaves the server span that it made (`@opentelemetry/core`'s RPCMetadata). */
const rpcMetadataKey = createContextKey("OpenTelemetry SDK Context Key RPC_METADATA");

/**
 * The app's own server span where it has one, else a new one under the caller's trace. The parent comes from the headers alone: whatever
 * span happened to be active around `listen()` would otherwise be every request's parent.
 */
export function startServerSpan(start: ServerSpanStart): ServerSpan {
  const active = context.active();
  const foreign = foreignSpan(active);
  if (foreign !== undefined) {
    foreign.setAttribute(ownAttribute.requestId, start.requestId);
    return { span: foreign, context: active, foreign: true };
  }
  const { parent, inside, links = [] } = originOf(start.headers, start.outsideParents ?? "trust");
  const attributes = startAttributes(start);
  const span = currentTracer().startSpan(methodOf(start), { kind: SpanKind.SERVER, attributes, links }, parent);
  return { span, context: trace.setSpan(inside, span), foreign: false };
}

/** Those of OpenTelemetry's conventions. Callers of HTTP/2 may make up whatever they like. */
const methods = new Set(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE", "QUERY"]);

/** A span's name has no more values than an app has routes and methods. */
function methodOf({ method }: { readonly method: string }): string {
  return methods.has(method) ? method : "HTTP";
}

function foreignSpan(active: Context): Span | undefined {
  const metadata = active.getValue(rpcMetadataKey);
  if (typeof metadata !== "object" || metadata === null || !("span" in metadata)) return undefined;
  return metadata.span as Span;
}

/** What comes from outside is cut: Node takes paths of 16 KiB. */
function startAttributes(start: ServerSpanStart) {
  const userAgent = start.headers["user-agent"];
  const attributes: Attributes = {
    [attribute.httpMethod]: methods.has(start.method) ? start.method : "_OTHER",
    [attribute.urlPath]: start.path.slice(0, 512),
    [attribute.urlScheme]: start.scheme,
    [attribute.protocolVersion]: start.protocolVersion,
    [ownAttribute.requestId]: start.requestId,
  };
  if (!methods.has(start.method)) attributes[attribute.httpMethodOriginal] = start.method.slice(0, 64);
  if (typeof userAgent === "string") attributes[attribute.userAgent] = userAgent.slice(0, 256);
  return attributes;
}

/** What the span is told at its end. */
export type SpanEnd = Pick<RequestRecord, "method" | "route" | "status" | "failure">;

/** Gives the span its route and how it ended. A client that went away is no error of the server's. */
export function writeServerSpan(span: Span, { method, route, status, failure }: SpanEnd): void {
  if (!span.isRecording()) return;
  span.setAttribute(attribute.httpStatus, status);
  if (route !== "unmatched") {
    // the app may have named it
    const template = cutText(route, 256);
    span.updateName(`${methodOf({ method })} ${template}`);
    span.setAttribute(attribute.httpRoute, template);
  }
  if (failure === undefined) return;
  span.setAttribute(attribute.errorType, failure.type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
