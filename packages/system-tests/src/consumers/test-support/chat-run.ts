import { type DecodedSpan, type NodeRelease, otlpReceiver, type ProcessExit, startProcess } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";

export const doors = ["express", "fastify", "node"] as const;
export type Door = (typeof doors)[number];

/** The caller's span, which each request names. */
export const callerSpanId = "00f067aa0ba902b7";
export const traceIdOf = (door: Door) => `4bf92f3577b34da6a3ce929d0e0e473${doors.indexOf(door)}`;

export interface ChatOptions {
  /** Of the app's folder. */
  readonly entry: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a chat app did that was asked once by each of its doors, and was then told to stop. */
export interface ChatRun {
  readonly answers: readonly string[];
  readonly metrics: string;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly spans: readonly DecodedSpan[];
  readonly stderr: readonly string[];
  readonly exit: ProcessExit;
}

export async function runChat(
  node: NodeRelease,
  folder: string,
  { entry, flags = [], env }: ChatOptions,
): Promise<ChatRun> {
  const receiver = await otlpReceiver();
  const settings = {
    MODEL_PATH: await ensureTinyModel(),
    AIWATCH_SERVICE: "chat",
    OTLP_ENDPOINT: receiver.endpoint,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    ...env,
  };
  const app = await startProcess(node.program, [...flags, entry], { cwd: folder, env: settings });
  try {
    const [, urls = ""] = await app.waitForLine(/"urls":(\{[^}]+\})/, 60_000);
    const { answers, metrics } = await ask(JSON.parse(urls));
    const exit = await app.stop("SIGTERM", 30_000);
    const lines = app.stdout.map((line) => JSON.parse(line));
    return { answers, metrics, lines, spans: receiver.spans(), stderr: app.stderr, exit };
  } finally {
    await app.stop("SIGKILL");
    await receiver.close();
  }
}

async function ask(urls: Readonly<Record<Door, string>>): Promise<Pick<ChatRun, "answers" | "metrics">> {
  const answers: string[] = [];
  for (const door of doors) {
    const headers = { traceparent: `00-${traceIdOf(door)}-${callerSpanId}-01` };
    const response = await fetch(`${urls[door]}/${door}/7`, { method: "POST", headers });
    answers.push(`${response.status} ${await response.text()}`);
  }
  const metrics = await fetch(`${urls.node}/metrics`);
  return { answers, metrics: await metrics.text() };
}
