import { type RunningLlamaServer, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { afterAll } from "vitest";
import { type Demo, startDemo } from "../../support/demo.ts";
import type { Stage } from "./describe-page.ts";

/** With more to compute, an answer takes long enough to be stopped, on a busy machine as well, before it comes to its limit of tokens. */
const slowly = { variant: "endless", feedForward: 131_072 } as const;

/** The model in the demo's own process. */
export const inProcess: Stage = {
  beforeText: "prompt",
  start: async (speech) => startDemo(speech === "short" ? {} : { MODEL_PATH: await ensureTinyModel(slowly) }),
};

/** A real llama-server for each way of speaking, started when it is first needed. */
export function onLlamaServer(): Stage {
  const servers = new Map<string, Promise<RunningLlamaServer>>();
  afterAll(async () => {
    for (const server of servers.values()) await (await server).close();
  });
  return {
    beforeText: "until the first token",
    async start(speech) {
      const server = servers.get(speech) ?? startTinyServer(speech);
      servers.set(speech, server);
      return startDemoOn(await server);
    },
  };
}

/** As many slots as the demo asks at once, under the name that the model has in the process. */
export async function startTinyServer(speech: "short" | "endless", port?: number): Promise<RunningLlamaServer> {
  const model = await ensureTinyModel(speech === "short" ? {} : slowly);
  const place = port === undefined ? {} : { port };
  return startLlamaServer({ model, alias: "tiny-chat", parallel: 2, metrics: true, ...place });
}

export function startDemoOn(server: RunningLlamaServer): Promise<Demo> {
  return startDemo({ MODEL_PATH: undefined, BASE_URL: `${server.url}/v1`, MODEL: "tiny-chat" });
}
