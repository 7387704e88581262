import { fork } from "node:child_process";
import { childEnvironment } from "@aiwatch/testkit";
import { RawClient } from "./client/raw-client.ts";
import type { ExchangeCase } from "./exchange-case.ts";
import type { Said, Told } from "./stage/messages.ts";
import type { TheatreOptions } from "./theatre.ts";
import { comparable } from "./visit.ts";

/** What is left of a process. */
export interface Remains {
  readonly wire: readonly string[];
  readonly exit: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** A process that hangs is killed after so long: more than one takes on a busy machine. */
const patienceMs = 60_000;

/** Serves one case in a process of its own, which ends of the case or by itself. */
export async function playAlone(options: TheatreOptions, host: string, exchange: ExchangeCase): Promise<Remains> {
  const { program, bundle, format, observed } = options;
  const env = childEnvironment({
    TABLE_FORMAT: format,
    TABLE_OBSERVED: observed ? "yes" : "no",
    TABLE_ALONE: "yes",
  });
  const child = fork(bundle, { execPath: program, execArgv: ["--enable-source-maps"], env, silent: true });
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text) => {
      written[name] += text;
    });
  }
  const tell = (told: Told) => child.connected && child.send(told, () => {});
  const exit = new Promise<string>((resolve) => child.once("close", (code, signal) => resolve(`${signal ?? code}`)));
  let wire = "";
  child.on("message", async (said: Said) => {
    if (said.kind === "ready") tell({ kind: "play", host, name: exchange.name });
    if (said.kind === "failed") child.kill("SIGKILL");
    if (said.kind !== "listening") return;
    wire = await ask(said.port);
    tell({ kind: "end" });
  });
  const late = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  const code = await exit.finally(() => clearTimeout(late));
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  const stderr = lines(written.stderr)
    .filter((line) => !isOfOthers(line))
    .map(shown);
  return { wire: withoutFrames(wire).split("\r\n"), exit: code, stdout: lines(written.stdout), stderr };
}

/** A client that waits until it is answered, or for a while in which it is not. */
async function ask(port: number): Promise<string> {
  const cues = { mark: async () => {}, cue: () => {} };
  const client = await RawClient.open(port, cues);
  client.send({ method: "POST", headers: ["content-length: 4", "connection: close"], body: "some" });
  await client.closed(1000).catch(() => {});
  client.socket.destroy();
  return comparable(client.wire);
}

/** Express shows where an error comes from. The frames and their length are as many as there is middleware. */
function withoutFrames(wire: string): string {
  const page = wire.replaceAll(/<br>( &nbsp;)+ ?at [^<]*/g, "");
  return page === wire ? wire : page.replace(/content-length: \d+/i, "");
}

/** Frames of Node, of packages and of the table itself: where they are is theirs. */
function isOfOthers(line: string): boolean {
  return /^\s+at /.test(line) && !line.includes("cases/faults.ts");
}

function shown(line: string): string {
  return line.replace(/\(node:\d+\)/, "(node)").replace(/\(?(file:\/\/)?\/\S*\/cases\//, "cases/");
}
