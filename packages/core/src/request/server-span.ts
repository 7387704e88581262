import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  defaultTextMapGetter,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { cutText } from "../cut-text.ts";
import { lightRoot } from "../tracing/light-context.ts";
import { attribute, ownAttribute } from "../tracing/semconv.ts";
import { currentTracer } from "../tracing/span.ts";
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
  const parent = propagation.extract(lightRoot, start.headers, defaultTextMapGetter);
  const span = currentTracer().startSpan(
    start.method,
    { kind: SpanKind.SERVER, attributes: startAttributes(start) },
    parent,
  );
  return { span, context: trace.setSpan(parent, span), foreign: false };
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
    [attribute.httpMethod]: start.method,
    [attribute.urlPath]: start.path.slice(0, 512),
    [attribute.urlScheme]: start.scheme,
    [attribute.protocolVersion]: start.protocolVersion,
    [ownAttribute.requestId]: start.requestId,
  };
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
    span.updateName(`${method} ${template}`);
    span.setAttribute(attribute.httpRoute, template);
  }
  if (failure === undefined) return;
  span.setAttribute(attribute.errorType, failure.type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
