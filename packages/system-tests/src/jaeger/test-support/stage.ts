import { type JaegerTrace, type RunningJaeger, startJaeger } from "@aiwatch/testkit";
import { expect } from "vitest";
import { type Answer, ask, type BrowserSpan, browserSpan, type ChatRequest } from "./browser.ts";
import { hasSpans, type ShownSpan, spanOf } from "./spans.ts";
import { type RunningApp, startChatApp } from "./start-app.ts";

export const protocols = ["http/protobuf", "http/json", "grpc"] as const;
export type Protocol = (typeof protocols)[number];

export interface ShownChat {
  readonly trace: JaegerTrace;
  readonly server: ShownSpan;
  readonly model: ShownSpan;
}

/** A Jaeger, and for each protocol an app that sends its traces there. */
export class Stage {
  jaeger: RunningJaeger;
  readonly #apps: ReadonlyMap<Protocol, RunningApp>;

  private constructor(jaeger: RunningJaeger, apps: ReadonlyMap<Protocol, RunningApp>) {
    this.jaeger = jaeger;
    this.#apps = apps;
  }

  static async begin(): Promise<Stage> {
    const jaeger = await startJaeger();
    const apps = protocols.map(async (protocol) => [protocol, await startAppOver(protocol, jaeger)] as const);
    return new Stage(jaeger, new Map(await Promise.all(apps)));
  }

  app(protocol: Protocol): RunningApp {
    const app = this.#apps.get(protocol);
    if (app === undefined) throw new Error(`no app sends over ${protocol}`);
    return app;
  }

  /** Asks as a browser does, and finds the trace in Jaeger by the id that the browser chose. */
  async chat(protocol: Protocol, request: ChatRequest, timeoutMs?: number): Promise<{ answer: Answer } & ShownChat> {
    const browser = browserSpan();
    const answer = await ask(this.app(protocol).url, request, browser);
    return { answer, ...(await this.find(browser, "chat tiny-chat", timeoutMs)) };
  }

  /** Asks until a chat arrives: gRPC pauses before it connects again, and what would be sent meanwhile is dropped. */
  async chatUntilShown(protocol: Protocol, request: ChatRequest): Promise<{ answer: Answer } & ShownChat> {
    for (let left = 10; ; left -= 1) {
      try {
        return await this.chat(protocol, request, 5_000);
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  }

  /**
   * The trace has two spans: the server's, which is the browser's child, and the model's, which is the server's.
   *
   * @param timeoutMs a batch that had to wait for another one's timeout would come later
   */
  async find(browser: BrowserSpan, inference: string, timeoutMs = 10_000): Promise<ShownChat> {
    const trace = await this.jaeger.traceUntil(browser.traceId, hasSpans("POST /chat", inference), { timeoutMs });
    const [server, model] = [spanOf(trace, "POST /chat"), spanOf(trace, inference)];
    expect(trace.spans).toHaveLength(2);
    expect(server.parents).toEqual([{ traceId: browser.traceId, spanId: browser.spanId }]);
    expect(model.parents).toEqual([{ traceId: browser.traceId, spanId: server.spanId }]);
    expect(model.start).toBeGreaterThanOrEqual(server.start);
    return { trace, server, model };
  }

  async end(): Promise<void> {
    await Promise.all([...this.#apps.values()].map(({ process }) => process.stop("SIGKILL")));
    await this.jaeger.close();
  }
}

export const serviceOf = (protocol: Protocol) => `chat over ${protocol}`;

function startAppOver(protocol: Protocol, { ports }: RunningJaeger): Promise<RunningApp> {
  const port = protocol === "grpc" ? ports.otlpGrpc : ports.otlpHttp;
  return startChatApp({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    // a batch is given up sooner than a test is
    OTEL_EXPORTER_OTLP_TIMEOUT: "3000",
    OTEL_SERVICE_NAME: serviceOf(protocol),
    OTEL_RESOURCE_ATTRIBUTES: "service.version=4.5.6,deployment.environment.name=system-test",
  });
}
