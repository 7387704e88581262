import { fileURLToPath } from "node:url";
import { type OtlpReceiver, otlpReceiver, runToEnd } from "@aiwatch/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";

const preload = fileURLToPath(new URL("./register.ts", import.meta.url));
const app = fileURLToPath(new URL("./test-support/untouched-app.mjs", import.meta.url));
const flags = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning", "--import", preload];

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await otlpReceiver();
});
afterEach(() => receiver.close());

const run = (env: Record<string, string>, ...args: string[]) =>
  runToEnd(process.execPath, [...flags, app, ...args], { env });

it("an app that was not touched is traced, and what waits is sent when it has nothing left to do", async () => {
  const ended = await run({ OTLP_ENDPOINT: receiver.endpoint, OTEL_SERVICE_NAME: "untouched" });
  expect(ended).toEqual({ code: 0, stdout: "runs", stderr: "" });
  expect(receiver.spans().map(({ name }) => name)).toEqual(["its own", "from core"]);
  expect(receiver.spans()[0]?.resource["service.name"]).toBe("untouched");
});

it("aiwatch.close() sends what waits", async () => {
  const ended = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, AIWATCH_SERVICE: "untouched" }, "close");
  expect(ended).toMatchObject({ code: null, stdout: "runs", stderr: "" });
  expect(receiver.spans()).toHaveLength(2);
});

it("settings that cannot be used are one line, without secrets, and the app runs", async () => {
  const ended = await run({ OTLP_ENDPOINT: "ftp://ada:canary@x" });
  expect(ended).toEqual({
    code: 0,
    stdout: "runs",
    stderr:
      '@aiwatch/tracing/register: tracing stays off: OTLP_ENDPOINT is "ftp://***@x", expected host:port such as jaeger:4318, or an http(s) URL such as http://jaeger:4318\n',
  });
});

it("is silent where nothing asks for it", async () => {
  expect(await run({})).toEqual({ code: 0, stdout: "runs", stderr: "" });
  expect(await run({ OTLP_ENDPOINT: receiver.endpoint, AIWATCH_DISABLED: "1" })).toMatchObject({ stderr: "" });
  expect(await run({ OTLP_ENDPOINT: receiver.endpoint, TEST_BINDING_CP: "true" })).toMatchObject({ stderr: "" });
  expect(receiver.requests).toBe(0);
});
