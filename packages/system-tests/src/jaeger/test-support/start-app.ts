import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";

const chatApp = fileURLToPath(new URL("chat-app.ts", import.meta.url));
const demo = fileURLToPath(new URL("../../../../../examples/express/src/main.js", import.meta.url));

export interface RunningApp {
  readonly url: string;
  readonly process: RunningProcess;
}

/** Nothing of the machine's own says where traces go, and they go quickly. */
const environment = {
  OTLP_ENDPOINT: undefined,
  TRACING_ENABLED: undefined,
  AIWATCH_SERVICE: undefined,
  OTEL_BSP_SCHEDULE_DELAY: "100",
};

/** The app in a process of its own, with nothing but the environment to tell it of traces. */
export async function startChatApp(env: Record<string, string>): Promise<RunningApp> {
  const process = await runNode(["--conditions=@aiwatch/source", chatApp], { env: { ...environment, ...env } });
  const [, port] = await process.waitForLine(/^listening (\d+)/, 60_000);
  return { url: `http://127.0.0.1:${port}`, process };
}

/** The demo as it was built, with its page. */
export async function startDemo(env: Record<string, string>): Promise<RunningApp> {
  const MODEL_PATH = await ensureTinyModel();
  const process = await runNode(demo, { env: { ...environment, PORT: "0", THREADS: "1", MODEL_PATH, ...env } });
  const [, url = ""] = await process.waitForLine(/chat +(http:\/\/\S+)\//, 60_000);
  await process.waitForLine(/the model is ready/, 60_000);
  return { url, process };
}
