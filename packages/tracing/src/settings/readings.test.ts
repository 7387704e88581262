import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type DiagnosticsAnswer, diagnosticsHandler } from "@aiwatch/core/diagnostics";
import { createTestAiwatch } from "@aiwatch/core/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StartTracingOptions } from "../options.ts";
import { cleanTracing } from "../test-support/clean-tracing.ts";
import { tracingSettings } from "./tracing-settings.ts";

cleanTracing();

const server = createServer(diagnosticsHandler(createTestAiwatch().aiwatch, { authorize: () => true }));
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});
afterAll(() => void server.close());

/** What the diagnostics answer after this was read. */
async function diagnosed(options: StartTracingOptions, environment: Record<string, string>) {
  tracingSettings(options, environment);
  const text = await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  const { settings } = JSON.parse(text) as DiagnosticsAnswer;
  const last = (name: string) =>
    settings.find((row) => row.package === "@aiwatch/tracing" && row.name === name)?.readings.at(-1);
  return { text, last };
}

describe("the settings of tracing in the diagnostics", () => {
  it("come from the option, from our variable, from OpenTelemetry's, or are the default", async () => {
    const byOption = await diagnosed({ endpoint: "a:4318", propagateTo: ["http://ada:secret@b/x?y"] }, {});
    expect(byOption.last("endpoint")).toEqual({ from: "option", value: "http://a:4318/v1/traces" });
    expect(byOption.last("propagateTo")).toEqual({ from: "option", value: "http://b" });
    const byOurs = await diagnosed({}, { OTLP_ENDPOINT: "c:4318", AIWATCH_PROPAGATE_TO: "http://d, http://e:1/x" });
    expect(byOurs.last("endpoint")).toMatchObject({ from: "variable", variable: "OTLP_ENDPOINT" });
    expect(byOurs.last("propagateTo")).toMatchObject({
      variable: "AIWATCH_PROPAGATE_TO",
      value: "http://d, http://e:1",
    });
    const byOtel = await diagnosed(
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://f:4318", OTEL_TRACES_SAMPLER: "always_off", OTEL_SERVICE_NAME: "svc" },
    );
    const general = { from: "variable", variable: "OTEL_EXPORTER_OTLP_ENDPOINT" };
    expect(byOtel.last("otlpEndpoint")).toEqual({ ...general, value: "http://f:4318/v1/traces" });
    expect(byOtel.last("sampler")).toMatchObject({ variable: "OTEL_TRACES_SAMPLER", value: "always_off" });
    expect(byOtel.last("sdkServiceName")).toMatchObject({ variable: "OTEL_SERVICE_NAME", value: "svc" });
    expect(byOtel.last("compression")).toEqual({ from: "default", value: "none" });
    const none = await diagnosed({ enabled: true }, {});
    expect(none.last("endpoint")).toEqual({ from: "default" });
    expect(none.last("propagateTo")).toEqual({ from: "default" });
  });

  it("never hold a key, a header, a credential of a URL or a query, by whatever way they came", async () => {
    const secret = fc.stringMatching(/^[a-zA-Z0-9]{24,40}$/);
    const sources = fc.constantFrom(
      "option",
      "OTLP_ENDPOINT",
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
      "OTEL_EXPORTER_OTLP_ENDPOINT",
    );
    await fc.assert(
      fc.asyncProperty(secret, sources, async (key, source) => {
        const endpoint = `http://${key}:${key}@collector:4318/v1/traces?key=${key}`;
        const environment: Record<string, string> = {
          OTEL_EXPORTER_OTLP_HEADERS: `authorization=${key}`,
          OTEL_EXPORTER_OTLP_TRACES_HEADERS: `x-key=${key}`,
          OTEL_RESOURCE_ATTRIBUTES: `token=${key}`,
          AIWATCH_PROPAGATE_TO: `http://${key}@model:8081/${key}?${key}`,
        };
        const options = { headers: { "x-api-key": key }, ...(source === "option" && { endpoint }) };
        if (source !== "option") environment[source] = endpoint;
        const { text, last } = await diagnosed(options, environment);
        expect(text).not.toContain(key);
        expect(last("headers")).toEqual({ from: "option", hidden: true });
        expect(last("resourceAttributes")).toMatchObject({ hidden: true });
        expect(last("propagateTo")).toMatchObject({ value: "http://model:8081" });
      }),
      { numRuns: 40 },
    );
  });
});
