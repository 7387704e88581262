import {
  type Context,
  createContextKey,
  defaultTextMapGetter,
  type Link,
  propagation,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { invalidArgument } from "../base/invalid-argument.ts";
import { readChoice } from "../settings/settings.ts";
import { lightRoot } from "../tracing/light-context.ts";

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
  return option ?? readChoice({ variables: ["AIWATCH_OUTSIDE_PARENTS"] }, choices) ?? "trust";
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
export function originOf(headers: object, outsideParents: OutsideParents): SpanOrigin {
  const extracted = propagation.extract(lightRoot, headers, defaultTextMapGetter);
  if (outsideParents === "trust") return { parent: extracted, inside: extracted };
  const caller = trace.getSpanContext(extracted);
  if (caller === undefined) return { parent: lightRoot, inside: lightRoot };
  const { traceId, spanId } = caller;
  // a sampler that does not know our key must not be told to sample
  const bare = { traceId, spanId, isRemote: true, traceFlags: TraceFlags.NONE };
  if (outsideParents === "none") return { parent: lightRoot, inside: lightRoot, links: [{ context: bare }] };
  const inside = trace.setSpanContext(lightRoot, bare);
  return { parent: inside.setValue(decidesKey, true), inside: inside.setValue(decidesKey, false) };
}
