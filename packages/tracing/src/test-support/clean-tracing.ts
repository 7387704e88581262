import { context, propagation, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, vi } from "vitest";
import { sharedState } from "../handle.ts";

const ours = /^(OTEL_|OTLP_|AIWATCH_|TRACING_)/;

/** Each test begins without settings and ends without a provider: both are the process's own. */
export function cleanTracing(): void {
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (ours.test(name)) vi.stubEnv(name, undefined);
  });
  afterEach(async () => {
    await sharedState().running?.shutdown();
    for (const api of [trace, context, propagation]) api.disable();
    vi.unstubAllEnvs();
  });
}

/** The code and message of what `action` throws. */
export function refusalOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? `${error.code}: ${error.message}` : String(error);
  }
}
