import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  defaultTextMapGetter,
  type Link,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import type { Diagnostics } from "../base/diagnostics.ts";
import { cutText, invalidArgument } from "../base/errors.ts";
import { coreSettings } from "../settings/core-settings.ts";
import { readRow } from "../settings/settings.ts";
import { contextWith, lightRoot } from "../tracing/context.ts";
import { attribute, ownAttribute } from "../tracing/semconv.ts";
import { currentTracer, silentSpan } from "../tracing/span.ts";
import type { ExchangeBinding } from "./exchange.ts";
import type { RequestFigures } from "./record.ts";
import { unmatched } from "./record.ts";
import { currentRequest } from "./scope.ts";

/** The span of a request, and the context that its handlers run in. */
export interface ServerSpan {
  readonly span: Span;
  readonly context: Context;
  /** The app's own OpenTelemetry made it: it is enriched here and ended there. */
  readonly foreign: boolean;
}

/** Where OpenTelemetry's HTTP instrumentation leaves the server span that it made (`@opentelemetry/core`'s RPCMetadata). */
const rpcMetadataKey = createContextKey("OpenTelemetry SDK Context Key RPC_METADATA");

/**
 * The app's own server span where it has one, else a new one under the caller's trace. The parent comes from the headers alone: whatever
 * span happened to be active around `listen()` would otherwise be every request's parent. All else of the active context stays: what the app put
 * there in front of the door is for its handlers.
 */
export function startServerSpan(
  exchange: ExchangeBinding,
  path: string,
  requestId: string,
  outsideParents: OutsideParents,
): ServerSpan {
  const active = context.active();
  const foreign = foreignSpan(active);
  if (foreign !== undefined) {
    foreign.setAttribute(ownAttribute.requestId, requestId);
    return { span: foreign, context: active, foreign: true };
  }
  const around = withoutSpan(active);
  const { parent, inside, links = [] } = originOf(exchange.headers, outsideParents, around);
  if (inside === around && isWithoutTracing()) {
    return around === lightRoot ? noSpan : { ...noSpan, context: contextWith(around, silent) };
  }
  const options = { kind: SpanKind.SERVER, attributes: startAttributes(exchange, path, requestId), links };
  const span = currentTracer().startSpan(methodOf(exchange), options, parent);
  return { span, context: contextWith(inside, span), foreign: false };
}

/**
 * What the app has in the active context beside a span. Inside of a request that is another one's: Node may emit a request from inside the one
 * before on its connection.
 */
function withoutSpan(active: Context): Context {
  if (active === ROOT_CONTEXT || currentRequest() !== undefined) return lightRoot;
  return trace.deleteSpan(active);
}

/** OpenTelemetry's own answer where no SDK was registered and the caller named no trace: nobody keeps such a span, and none is made. */
const silent = silentSpan();
export const noSpan: ServerSpan = { span: silent, context: contextWith(lightRoot, silent), foreign: false };

/** What the API's provider hands on to before the app registers one. */
const noProvider = new ProxyTracerProvider().getDelegate();

function isWithoutTracing(): boolean {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider && provider.getDelegate() === noProvider;
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
function startAttributes(exchange: ExchangeBinding, path: string, requestId: string): Attributes {
  const { method, headers } = exchange;
  const userAgent = headers["user-agent"];
  const attributes: Attributes = {
    [attribute.httpMethod]: methods.has(method) ? method : "_OTHER",
    [attribute.urlPath]: path.slice(0, 512),
    [attribute.urlScheme]: exchange.scheme,
    [attribute.protocolVersion]: exchange.protocolVersion,
    [ownAttribute.requestId]: requestId,
  };
  if (!methods.has(method)) attributes[attribute.httpMethodOriginal] = method.slice(0, 64);
  if (typeof userAgent === "string") attributes[attribute.userAgent] = userAgent.slice(0, 256);
  return attributes;
}

/** How a request ended. */
type SpanEnd = Pick<
  RequestFigures,
  "method" | "route" | "status" | "failure" | "requestFirstTokenMs" | "beforeModelMs"
>;

/** Writes and ends a request's span, whatever cannot be written: one that is never ended is never sent. The app's own is ended by the app. */
export function endServerSpan({ span, foreign }: ServerSpan, end: SpanEnd, diagnostics: Diagnostics): void {
  try {
    if (span.isRecording()) writeEnd(span, end);
  } catch (error) {
    diagnostics.fault("tracer", "writing a request's span", error);
  }
  if (foreign) return;
  try {
    span.end();
  } catch (error) {
    diagnostics.fault("tracer", "ending a request's span", error);
  }
}

/** Gives the span its route and how it ended. A client that went away is no error of the server's. */
function writeEnd(span: Span, { method, route, status, failure, requestFirstTokenMs, beforeModelMs }: SpanEnd): void {
  span.setAttribute(attribute.httpStatus, status);
  if (route !== unmatched) {
    // the app may have named it
    const template = cutText(route, 256);
    span.updateName(`${methodOf({ method })} ${template}`);
    span.setAttribute(attribute.httpRoute, template);
  }
  if (requestFirstTokenMs !== undefined) {
    span.setAttribute(ownAttribute.requestFirstTokenSeconds, requestFirstTokenMs / 1000);
  }
  if (beforeModelMs !== undefined) span.setAttribute(ownAttribute.beforeModelSeconds, beforeModelMs / 1000);
  if (failure === undefined) return;
  span.setAttribute(attribute.errorType, failure.type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

const choices = ["trust", "ids", "none"] as const;

/** What a caller's trace headers may do to a request's span: see the option of that name. */
export type OutsideParents = (typeof choices)[number];

/**
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an option that is none of them, `AIWATCH_INVALID_SETTING` for such a variable
 */
export function readOutsideParents(option: OutsideParents | undefined): OutsideParents {
  if (option !== undefined && !choices.includes(option)) {
    throw invalidArgument("outsideParents", option, `one of ${choices.join(", ")}`);
  }
  return readRow(coreSettings.outsideParents, option);
}

/** Where a span begins: its parent's context, and what it is linked with. */
export interface SpanOrigin {
  readonly parent: Context;
  /** The context that goes on in the handlers: like `parent`, without what is meant for the sampler alone. */
  readonly inside: Context;
  readonly links?: Link[];
}

/** Tells the sampler of `@aiwatch/tracing` to decide by itself, whatever the parent's flag and id; where it is false, to follow the span inside. */
const decidesKey = createContextKey("@aiwatch/core the sampler decides");

/**
 * The parent that a request's headers name, as far as it is trusted. Where it is not, nothing else of the headers gets in either: baggage,
 * `tracestate` and a propagator's own marks (B3's debug flag) reach samplers and other services, too.
 */
export function originOf(headers: object, outsideParents: OutsideParents, around = lightRoot): SpanOrigin {
  const extracted = extractInto(around, headers);
  if (outsideParents === "trust") return { parent: extracted, inside: extracted };
  const caller = trace.getSpanContext(extracted);
  if (caller === undefined) return { parent: around, inside: around };
  const { traceId, spanId } = caller;
  // a sampler that does not know our key must not be told to sample
  const bare = { traceId, spanId, isRemote: true, traceFlags: TraceFlags.NONE };
  if (outsideParents === "none") return { parent: around, inside: around, links: [{ context: bare }] };
  const inside = trace.setSpanContext(around, bare);
  return { parent: inside.setValue(decidesKey, true), inside: inside.setValue(decidesKey, false) };
}

/** Where the app has baggage of its own, a caller's does not take its place. */
function extractInto(around: Context, headers: object): Context {
  const extracted = propagation.extract(around, headers, defaultTextMapGetter);
  const own = around === lightRoot ? undefined : propagation.getBaggage(around);
  return own === undefined || extracted === around ? extracted : propagation.setBaggage(extracted, own);
}
