import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";
import { type AlertRule, httpApi } from "../http-api.ts";
import { type PicturePrometheus, type PictureTarget, servePrometheus } from "../prometheus.ts";
import { drive } from "./drive.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const demoFile = file("../../../../examples/express/src/main.js");
const toolsFile = file("../../test-support/app-with-tools.ts");

/** The job that the shipped configuration names. */
const job = "genai-app";
export const demoScrape = 5;

export interface Demo {
  readonly process: RunningProcess;
  /** `host:port` */
  readonly host: string;
}

/** The Express example with the tiny model, on a port of its own. */
export async function startDemo(env: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const process = await runNode(demoFile, { env: { PORT: "0", THREADS: "1", LOG_LEVEL: "warn", ...env } });
  const [, host = ""] = await process.waitForLine(/chat +http:\/\/(\S+)\//, 120_000);
  await until(async () => (await fetch(`http://${host}/readiness`)).ok, 120_000, "the model of the demo");
  return { process, host };
}

async function until(holds: () => Promise<boolean>, withinMs: number, what: string): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what} was not ready after ${withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** An app whose model calls functions; it drives itself. */
async function startToolsApp(): Promise<Demo> {
  const process = await runNode(["--conditions=@aiwatch/source", toolsFile]);
  const [, port = ""] = await process.waitForLine(/listening on (\d+)/, 120_000);
  return { process, host: `127.0.0.1:${port}` };
}

/** A Prometheus at rest, which knows how it was up to a moment. */
export interface Driven extends PicturePrometheus {
  /** The end of the traffic, in seconds since 1970. */
  readonly to: number;
  /** The alerts as they stood at that moment. */
  readonly alerts: readonly AlertRule[];
}

/** A Prometheus that has seen the demo and the app with tools under traffic, for so many minutes. Both are gone when it resolves. */
export async function drivenDemo(minutes: number, say: (line: string) => void): Promise<Driven> {
  const apps: Demo[] = [];
  let prometheus: PicturePrometheus | undefined;
  try {
    apps.push(await startDemo(), await startToolsApp());
    const targets: PictureTarget[] = apps.map(({ host }) => ({ host, job }));
    prometheus = await servePrometheus({ targets, scrape: demoScrape });
    const { url } = prometheus;
    await until(async () => (await httpApi(url).instant("up == 1", now())).length === 2, 60_000, "the first scrape");
    say(`driving the demo for ${minutes} minutes`);
    await drive(apps[0]?.host ?? "", Date.now() + minutes * 60_000);
    return { ...prometheus, to: now(), alerts: await httpApi(url).alertRules() };
  } catch (error) {
    await prometheus?.close();
    throw error;
  } finally {
    await Promise.all(apps.map(({ process }) => process.stop("SIGKILL")));
  }
}

const now = () => Date.now() / 1000;
