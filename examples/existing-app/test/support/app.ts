import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";

export interface App {
  readonly url: string;
  readonly process: RunningProcess;
}

const file = (name: string) => fileURLToPath(new URL(`../../src/${name}`, import.meta.url));

/** The app as its user starts it, on a port of its own. */
export async function startApp(env: Record<string, string> = {}): Promise<App> {
  const process = await runNode(["--import", file("tracing.js"), file("main.js")], { env: { PORT: "0", ...env } });
  const [, port] = await process.waitForLine(/"port":(\d+).*listening/, 25_000);
  return { url: `http://127.0.0.1:${port}`, process };
}

export function ask(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/chat`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ message: "how does the local model answer" }),
  });
}

/** The exposition's families, and its samples but for the process's own figures, which change all the time. */
export async function scrape(url: string) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line !== "");
  const families = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2] ?? "");
  return { families, samples: lines.filter((line) => !/^(#|process_|nodejs_)/.test(line)) };
}
