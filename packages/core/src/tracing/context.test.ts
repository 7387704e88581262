import { AsyncResource } from "node:async_hooks";
import {
  type Context,
  type ContextManager,
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, it, onTestFinished } from "vitest";
import { attach, contextWith, hasContextManager, lightRoot, runUntraced } from "./context.ts";

const [a, b] = [createContextKey("a"), createContextKey("b")];

it.each([
  ["ours", lightRoot],
  ["OpenTelemetry's", ROOT_CONTEXT],
])("is a context like any other: %s", (_, root) => {
  const one = root.setValue(a, 1);
  const two = one.setValue(b, 2).setValue(a, 3);
  expect([root.getValue(a), one.getValue(a), two.getValue(a), two.getValue(b)]).toEqual([undefined, 1, 3, 2]);
  const without = two.deleteValue(a);
  expect([without.getValue(a), without.getValue(b), two.getValue(a)]).toEqual([undefined, 2, 3]);
});

it("holds what OpenTelemetry's API puts there", () => {
  const span = trace.wrapSpanContext({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
  });
  const baggage = propagation.createBaggage({ tenant: { value: "ada" } });
  const context = propagation.setBaggage(trace.setSpan(lightRoot, span), baggage);
  expect(trace.getSpan(context)).toBe(span);
  expect(propagation.getBaggage(context)?.getEntry("tenant")).toEqual({ value: "ada" });
  expect(trace.getSpan(trace.deleteSpan(context))).toBeUndefined();
});

it("does not grow with what is set again and again", () => {
  let context = lightRoot.setValue(b, "first");
  for (let n = 0; n < 100_000; n += 1) context = context.setValue(a, n);
  expect([context.getValue(a), context.getValue(b)]).toEqual([99_999, "first"]);
});

describe("a context that is attached", () => {
  const active = contextWith(
    lightRoot,
    trace.wrapSpanContext({ traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 }),
  );
  const attachInScope = () =>
    new AsyncResource("TEST").runInAsyncScope(() => ({ isAttached: attach(active), inside: context.active() }));
  const use = (manager: ContextManager) => {
    context.setGlobalContextManager(manager);
    onTestFinished(() => context.disable());
  };

  it("is the active one until the asynchronous scope is left, by OpenTelemetry's own manager", () => {
    use(new AsyncLocalStorageContextManager().enable());
    expect(attachInScope()).toEqual({ isAttached: true, inside: active });
    expect(context.active()).toBe(ROOT_CONTEXT);
  });

  class Vendors extends AsyncLocalStorageContextManager {
    override with<Args extends unknown[], Action extends (...args: Args) => ReturnType<Action>>(
      active: Context,
      action: Action,
      self?: ThisParameterType<Action>,
      ...args: Args
    ): ReturnType<Action> {
      return super.with(active.setValue(createContextKey("a vendor's"), 1), action, self, ...args);
    }
  }

  class Broken extends Vendors {
    override with = super.with;
    override attach(): never {
      throw new Error("not yet");
    }
  }

  it.each([
    ["that is a vendor's, with more in its `with`", Vendors],
    ["whose `attach` throws", Broken],
  ])("is not attached by a manager %s", (_, Manager) => {
    use(new Manager().enable());
    expect(attachInScope()).toEqual({ isAttached: false, inside: ROOT_CONTEXT });
  });

  it("is not attached where there is no manager, or one that cannot", () => {
    expect(attach(active)).toBe(false);
    use({
      active: () => ROOT_CONTEXT,
      with: (_active, action, self, ...args) => action.apply(self as never, args),
      bind: (_active, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
    expect([attach(active), hasContextManager()]).toEqual([false, true]);
  });
});

it("runs outside of every trace what a package asks on its own account, and makes no spans of it", () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(() => context.disable());
  const exporter = new InMemorySpanExporter();
  const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer("test");
  const request = tracer.startSpan("request");
  context.with(trace.setSpan(ROOT_CONTEXT, request), () => {
    runUntraced(() => {
      expect(trace.getActiveSpan()).toBe(undefined);
      tracer.startSpan("own").end();
    });
    expect(trace.getActiveSpan()).toBe(request);
    tracer.startSpan("the app's").end();
  });
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["the app's"]);
});
