/** OTLP's `AnyValue` in either encoding: protobuf read into plain objects, or OTLP's JSON. */
export interface AnyValue {
  stringValue?: string | null;
  boolValue?: boolean | null;
  intValue?: string | number | null;
  doubleValue?: number | string | null;
  bytesValue?: Uint8Array | string | null;
  arrayValue?: { values?: AnyValue[] | null } | null;
  kvlistValue?: { values?: KeyValue[] | null } | null;
}

export interface KeyValue {
  key: string;
  value?: AnyValue | null;
}

/** Attributes as plain values. A key that was sent twice is a fault of the sender, so it throws. */
export function attributesOf(pairs: readonly KeyValue[] | null | undefined): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const { key, value } of pairs ?? []) {
    if (Object.hasOwn(attributes, key)) throw new Error(`attribute sent twice: ${key}`);
    attributes[key] = plainValue(value);
  }
  return attributes;
}

/** An integer is a number where a number can hold it, else a bigint; bytes stay bytes; no value is `undefined`. */
export function plainValue(value: AnyValue | null | undefined): unknown {
  if (!value) return undefined;
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plainValue);
  if (value.kvlistValue) return attributesOf(value.kvlistValue.values);
  if (value.intValue != null) return integer(value.intValue);
  if (value.doubleValue != null) return Number(value.doubleValue);
  if (value.bytesValue != null) return bytes(value.bytesValue);
  return value.stringValue ?? value.boolValue ?? undefined;
}

function integer(value: string | number): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

/** A copy, because protobuf's bytes are a view into the request's body; JSON holds base64. */
function bytes(value: Uint8Array | string): Uint8Array {
  return typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : Uint8Array.from(value);
}

type Id = Uint8Array | string | null;
type Nanos = string | number | null;

/** What of OTLP's `ExportTraceServiceRequest` is read here; ids are bytes from protobuf and hex from JSON. */
export interface TraceRequest {
  resourceSpans?: ResourceSpans[] | null;
}

export interface ResourceSpans {
  resource?: { attributes?: KeyValue[] | null } | null;
  scopeSpans?: ScopeSpans[] | null;
}

export interface ScopeSpans {
  scope?: { name?: string | null; version?: string | null } | null;
  spans?: Span[] | null;
}

export interface Span {
  traceId?: Id;
  spanId?: Id;
  parentSpanId?: Id;
  name?: string | null;
  kind?: number | null;
  startTimeUnixNano?: Nanos;
  endTimeUnixNano?: Nanos;
  attributes?: KeyValue[] | null;
  events?: { timeUnixNano?: Nanos; name?: string | null; attributes?: KeyValue[] | null }[] | null;
  links?: { traceId?: Id; spanId?: Id; attributes?: KeyValue[] | null }[] | null;
  status?: { code?: number | null; message?: string | null } | null;
}

export function decodeJson(body: Uint8Array): TraceRequest {
  const request: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
  if (typeof request !== "object" || request === null) throw new Error("the body is not an object");
  return request;
}

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const STATUS_CODES = ["unset", "ok", "error"] as const;

/** A span as the back end got it: ids in lower-case hex, names for the protocol's numbers, exact nanoseconds. */
export interface DecodedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: Record<string, unknown>;
  readonly status: { readonly code: (typeof STATUS_CODES)[number]; readonly message?: string };
  readonly events: readonly DecodedEvent[];
  readonly links: readonly DecodedLink[];
  readonly resource: Record<string, unknown>;
  readonly scope: { readonly name: string; readonly version?: string };
}

export interface DecodedEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: Record<string, unknown>;
}

export interface DecodedLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Record<string, unknown>;
}

/** The spans of a request in the order they were sent. Throws on what the protocol forbids, as a collector would. */
export function decodedSpans(request: TraceRequest): DecodedSpan[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const attributes = attributesOf(resource?.attributes);
    return (scopeSpans ?? []).flatMap(({ scope, spans }) =>
      (spans ?? []).map((span) => decodedSpan(span, attributes, scope)),
    );
  });
}

function decodedSpan(span: Span, resource: Record<string, unknown>, scope: ScopeSpans["scope"]): DecodedSpan {
  const message = span.status?.message;
  const version = scope?.version;
  return {
    ...identity(span),
    name: span.name ?? "",
    kind: named(KINDS, span.kind, "kind"),
    startTimeUnixNano: BigInt(span.startTimeUnixNano ?? 0),
    endTimeUnixNano: BigInt(span.endTimeUnixNano ?? 0),
    attributes: attributesOf(span.attributes),
    status: { code: named(STATUS_CODES, span.status?.code, "status code"), ...(message ? { message } : {}) },
    events: (span.events ?? []).map((event) => ({
      name: event.name ?? "",
      timeUnixNano: BigInt(event.timeUnixNano ?? 0),
      attributes: attributesOf(event.attributes),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: hexId(link.traceId, 16, "a link's trace id"),
      spanId: hexId(link.spanId, 8, "a link's span id"),
      attributes: attributesOf(link.attributes),
    })),
    resource,
    scope: { name: scope?.name ?? "", ...(version ? { version } : {}) },
  };
}

function identity(span: Span): Pick<DecodedSpan, "traceId" | "spanId" | "parentSpanId"> {
  const own = { traceId: hexId(span.traceId, 16, "trace id"), spanId: hexId(span.spanId, 8, "span id") };
  return span.parentSpanId?.length ? { ...own, parentSpanId: hexId(span.parentSpanId, 8, "parent span id") } : own;
}

function hexId(id: Uint8Array | string | null | undefined, bytes: number, what: string): string {
  const hex = typeof id === "string" ? id.toLowerCase() : Buffer.from(id ?? []).toString("hex");
  if (!/^[0-9a-f]*[1-9a-f][0-9a-f]*$/.test(hex) || hex.length !== bytes * 2) {
    throw new Error(`${what} must be ${bytes} bytes that are not all zero, got "${hex}"`);
  }
  return hex;
}

function named<T>(names: readonly T[], number: number | null | undefined, what: string): T {
  const name = names[number ?? 0];
  if (name === undefined) throw new Error(`unknown ${what}: ${number}`);
  return name;
}
