import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type ChatReply,
  freePort,
  type ModelServer,
  modelServer,
  type RunningProcess,
  respond,
  runNode,
  sendText,
  type TestServer,
  testServer,
  threeTokens,
} from "@aiwatch/testkit";

const demoFile = fileURLToPath(new URL("../../../../examples/express/src/main.js", import.meta.url));
const blocks = new URL("blocks.js", import.meta.url).href;

export interface Demo {
  readonly process: RunningProcess;
  /** `host:port` */
  readonly host: string;
}

interface DemoOptions {
  readonly env?: Record<string, string>;
  /** Whether its event loop stands still most of the time. @default false */
  readonly isBlocked?: boolean;
}

export async function startDemo({ env = {}, isBlocked = false }: DemoOptions = {}): Promise<Demo> {
  const entry = isBlocked ? ["--import", blocks, demoFile] : [demoFile];
  const process = await runNode(entry, { env: { PORT: "0", THREADS: "1", ...env } });
  const [, host = ""] = await process.waitForLine(/chat +http:\/\/(\S+)\//, 60_000);
  return { process, host };
}

/** The demo in front of a server that answers by a script. The server is none that can be watched: once it was asked, the demo does without. */
export async function demoOn(reply: ChatReply, options: DemoOptions = {}): Promise<Demo & { server: ModelServer }> {
  const server = await modelServer();
  server.reply = reply;
  const demo = await startDemo({ ...options, env: { BASE_URL: server.baseUrl, ...options.env } });
  await demo.process.waitForLine(/the model server answers/, 60_000);
  await fetch(`http://${demo.host}/readiness`);
  return { ...demo, server };
}

/** Three seconds to the first token, and 0.3 s for each of thirty others. */
export const slowly: ChatReply = async (response, chat) => {
  await sleep(3000);
  for (let token = 0; token < 30 && !response.destroyed; token += 1) {
    sendText(response, "word ", chat.body);
    await sleep(300);
  }
  if (!response.destroyed) await threeTokens(response, chat);
};

/** Two tokens, and then nothing. */
export const hanging: ChatReply = (response, { body }) => {
  for (const text of ["And ", "then "]) sendText(response, text, body);
};

/** Every second one fails. */
export function failing(): ChatReply {
  let count = 0;
  return (response: ServerResponse, chat) => {
    count += 1;
    if (count % 2 === 0) return threeTokens(response, chat);
    respond(response, 500, { error: { code: 500, message: "out of memory", type: "server_error" } });
  };
}

/** A llama-server that can be watched, with more requests in line than it has slots. `restart` begins its life anew. */
export async function crowdedLlamaServer(): Promise<TestServer & { restart(): void }> {
  let life = 1_700_000_000;
  let count = 1000;
  const answers: Readonly<Record<string, () => object | string>> = {
    "/health": () => ({ status: "ok" }),
    "/v1/models": () => ({ object: "list", data: [{ id: "crowded", object: "model" }] }),
    "/props": () => ({ total_slots: 2, model_alias: "crowded", is_sleeping: false }),
    "/metrics": () =>
      `llamacpp:tokens_predicted_total ${count}\nllamacpp:requests_processing 2\nllamacpp:requests_deferred 5\n`,
  };
  const server = await testServer((request, response) => {
    const answer = answers[request.url ?? ""]?.();
    response.setHeader("server", "llama.cpp");
    response.setHeader("process-start-time-unix", `${life}`);
    response
      .writeHead(answer === undefined ? 404 : 200)
      .end(typeof answer === "string" ? answer : JSON.stringify(answer ?? {}));
  });
  const restart = () => {
    life += 100;
    count = 1;
  };
  return { ...server, restart };
}

/** Answers every request: for two minutes with a metric of AIWatch's, in which the rules get to know it, and then with none. */
export function forgetfulApp(): Promise<TestServer> {
  const since = performance.now();
  const text = () => (performance.now() - since < 120_000 ? "genai_app_active_requests 0\n" : "other_app_up 1\n");
  return testServer((_, response) => response.end(text()));
}

/** A demo on one port that is ended and started again a few times. */
export async function restartingDemo(
  server: ModelServer,
): Promise<{ host: string; restart(): Promise<void>; stop(): Promise<void> }> {
  const port = await freePort();
  const start = () => startDemo({ env: { PORT: String(port), BASE_URL: server.baseUrl } });
  let demo = await start();
  await fetch(`http://${demo.host}/readiness`);
  return {
    host: demo.host,
    restart: async () => {
      await demo.process.stop("SIGKILL");
      demo = await start();
      await fetch(`http://${demo.host}/readiness`);
    },
    stop: async () => void (await demo.process.stop("SIGKILL")),
  };
}

/** An app that tells what it is made to tell, such as what goes on from a past. */
export const oldApp = (exposition: () => string): Promise<TestServer> =>
  testServer((_, response) => response.end(exposition()));
