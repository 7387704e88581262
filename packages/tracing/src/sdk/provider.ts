import { ProxyTracerProvider, type TracerProvider, trace } from "@opentelemetry/api";

/** The tracer provider that is registered, by whomever; `undefined` where there is none. */
export function registeredProvider(): TracerProvider | undefined {
  const provider = trace.getTracerProvider();
  const delegate = "getDelegate" in provider ? (provider as ProxyTracerProvider).getDelegate() : provider;
  return delegate === nobody() ? undefined : delegate;
}

/** What a proxy that stands for no provider stands for. */
function nobody(): TracerProvider {
  return new ProxyTracerProvider().getDelegate();
}
