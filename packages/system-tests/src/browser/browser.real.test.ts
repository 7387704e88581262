import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type DecodedSpan,
  describeWithTool,
  launchChromium,
  type OtlpReceiver,
  otlpReceiver,
  type RunningProcess,
  runNode,
  snippetOf,
} from "@aiwatch/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const guide = new URL("../../../../docs/guide/browser.md", import.meta.url);
const modules = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
const entry = fileURLToPath(new URL("test-support/chat-page-app.mjs", import.meta.url));

describeWithTool("chromium", "a chat in a real browser, an app and a real model", () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  describe.each([
    ["the SDK of @aiwatch/tracing", undefined],
    ["an SDK of the app's own, as the guide has it for OpenTelemetry 2", /new NodeSDK/],
    ["an SDK of the app's own, as the guide has it for OpenTelemetry 3", /new TracerProvider/],
  ])("with %s", (_name, ownSdk) => {
    let folder: string;
    let receiver: OtlpReceiver;
    let app: RunningProcess;
    let url: string;
    beforeAll(async () => {
      receiver = await otlpReceiver();
      folder = await mkdtemp(join(tmpdir(), "aiwatch-browser-"));
      const env: Record<string, string> = {
        OTEL_SERVICE_NAME: "chat-api",
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_BSP_SCHEDULE_DELAY: "100",
      };
      if (ownSdk !== undefined) {
        const snippet = join(folder, "sdk.mjs");
        await symlink(modules, join(folder, "node_modules"));
        await writeFile(snippet, await snippetOf(guide, ownSdk));
        env["OWN_SDK"] = snippet;
      }
      app = await runNode(["--conditions=@aiwatch/source", entry], { env });
      const [, port] = await app.waitForLine(/^listening (\d+)/, 60_000);
      url = `http://127.0.0.1:${port}`;
    });
    afterAll(async () => {
      await app.stop("SIGKILL");
      await receiver.close();
      await rm(folder, { recursive: true });
    });
    let known = 0;
    afterEach(() => {
      known = receiver.spans().length;
    });

    /** The sum of a metric's series that have these labels. */
    const sample = async (name: string, labels: Readonly<Record<string, string>>) => {
      const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
      const parts = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      return lines
        .filter((line) => line.startsWith(`${name}{`) && parts.every((part) => line.includes(part)))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    };
    const batches = () => sample("genai_app_http_requests_total", { endpoint: "/aiwatch/browser", status: "204" });

    async function open() {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await page.goto(url);
      return { page, errors };
    }

    /** The browser's span, the server's and the model's, once they are there. */
    async function chainOf(): Promise<[DecodedSpan, DecodedSpan, DecodedSpan]> {
      const find = (spans: readonly DecodedSpan[]) => {
        const answer = spans.slice(known).find(({ name }) => name === "answer");
        const server = spans.find(({ parentSpanId }) => parentSpanId !== undefined && parentSpanId === answer?.spanId);
        const model = spans.find(({ parentSpanId }) => parentSpanId !== undefined && parentSpanId === server?.spanId);
        return answer && server && model ? ([answer, server, model] as const) : undefined;
      };
      const spans = await receiver.waitForSpans((all) => find(all) !== undefined);
      return [...find(spans)!];
    }

    it("is one trace, in which browser, server and model nest", async () => {
      const { page, errors } = await open();
      await page.evaluate(`ask("how does the local model answer", 24)`);
      const [answer, server, model] = await chainOf();
      expect(new Set([answer, server, model].map(({ traceId }) => traceId)).size).toBe(1);
      expect([answer.parentSpanId, server.name, model.name]).toEqual([undefined, "POST /chat", "chat tiny"]);
      expect([answer.kind, server.kind]).toEqual(["client", "server"]);
      expect(answer.startTimeUnixNano).toBeLessThanOrEqual(server.startTimeUnixNano);
      expect(server.startTimeUnixNano).toBeLessThanOrEqual(model.startTimeUnixNano);
      expect(answer.resource).toEqual({
        "service.name": "chat-web",
        "service.version": "1.2.3",
        "telemetry.sdk.language": "webjs",
      });
      expect(answer.attributes).toEqual({
        "aiwatch.from_outside": true,
        "aiwatch.browser.outcome": "answered",
        "http.response.status_code": 200,
      });
      expect(answer.events.map(({ name }) => name)).toEqual(["aiwatch.browser.first_text", "aiwatch.browser.painted"]);
      for (const { timeUnixNano } of answer.events) {
        expect(timeUnixNano).toBeGreaterThanOrEqual(answer.startTimeUnixNano);
        expect(timeUnixNano).toBeLessThanOrEqual(answer.endTimeUnixNano);
      }
      expect(await sample("genai_app_client_spans_total", { outcome: "taken" })).toBe(1);
      expect(errors).toEqual([]);
      await page.close();
    });

    // what follows is the page's and the door's, whatever exports
    if (ownSdk !== undefined) return;

    it("that is closed in mid-answer is one aborted inference and one report", async () => {
      const before = await batches();
      const { page } = await open();
      await page.evaluate(`void ask("how does the local model answer a long prompt", 900)`);
      await page.waitForFunction(`answer.textContent !== ""`);
      await page.close();
      const [answer, , model] = await chainOf();
      expect(answer.attributes).toMatchObject({ "aiwatch.browser.outcome": "aborted" });
      expect(model.attributes).toMatchObject({ "aiwatch.finish_reason": "aborted" });
      expect(await sample("genai_app_inferences_total", { finish_reason: "aborted" })).toBe(1);
      expect(await sample("genai_app_client_answers_total", { outcome: "aborted" })).toBe(1);
      expect((await batches()) - before).toBe(1);
    });

    it("has an error of its page arrive once", async () => {
      const { page } = await open();
      await page.evaluate(
        `for (let at = 0; at < 3; at += 1) setTimeout(function fail() { throw new RangeError("secret"); })`,
      );
      const errors = () => sample("genai_app_errors_total", { type: "RangeError", operation: "client" });
      await expect.poll(errors, { timeout: 20_000 }).toBe(1);
      await page.close();
      expect(await errors()).toBe(1);
    });
  });
});
