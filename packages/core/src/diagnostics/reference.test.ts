import { readFile } from "node:fs/promises";
import { trace } from "@opentelemetry/api";
import { expect, it, onTestFinished, vi } from "vitest";
import { adapterOf } from "../adapter/host.ts";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { aiwatchNode } from "../doors/node.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { diagnosticsOf } from "./answer.ts";
import type { DiagnosticsAnswer } from "./schema.ts";

const page = new URL("../../../../docs/reference/diagnostics.md", import.meta.url);

/** The paths of all fields, in their order. */
function fieldsOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return [path, ...value.slice(0, 1).flatMap((each) => fieldsOf(each, `${path}[]`))];
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([name, each]) => fieldsOf(each, `${path}.${name}`));
}

it("docs/reference/diagnostics.md shows the fields that there are, in their order", async () => {
  vi.stubEnv("OTEL_SERVICE_NAME", "chat-api");
  onTestFinished(() => {
    vi.unstubAllEnvs();
    trace.disable();
  });
  trace.setGlobalTracerProvider({ getTracer: () => trace.getTracer("none") });
  const { aiwatch } = createTestAiwatch();
  adapterOf(aiwatch, { name: "llama.cpp" }).reportVersion("llama.cpp", "b6123");
  aiwatchNode(() => {}, aiwatch, { userOf: () => "ada" });
  hostOf(aiwatch).diagnostics.fault("observer", "a test", new Error("x"));
  const answer = await diagnosticsOf(hostOf(aiwatch));
  const loaded = answer.packages.filter(({ copies }) => copies.some((copy) => copy.loaded));
  const [, json = ""] = /```json\n([^`]+)```/.exec(await readFile(page, "utf8")) ?? [];
  const shown: DiagnosticsAnswer = JSON.parse(json);
  expect(fieldsOf(shown)).toEqual(fieldsOf({ ...answer, packages: loaded }));
});
