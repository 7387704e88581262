/**
 * Run as a process of its own: begins a thread with llama.cpp, has it end at some moment in some way, and then has a second thread answer. Writes
 * `survived` once all of that went well. Its arguments are the folder of a node-llama-cpp, a model's path, the moment, the way, and `bare` or `observed`.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Instrumentable } from "../../engine/types.ts";
import type { Moment, Way } from "./moments.ts";

interface Life {
  readonly folder: string;
  readonly modelPath: string;
  readonly moment: Moment;
  readonly way: Way;
  readonly isObserved: boolean;
}

/** Joins the cluster where it is observed. @returns observes an object of the engine */
async function joined(isObserved: boolean): Promise<<Target extends object>(target: Target) => Target> {
  if (!isObserved) return (target) => target;
  const [{ createAiwatch }, { joinCluster }, { instrumentModel }] = await Promise.all([
    import("@aiwatch/core"),
    import("@aiwatch/core/cluster"),
    import("../../instrument-model.ts"),
  ]);
  const aiwatch = createAiwatch();
  joinCluster(aiwatch);
  return (target) => {
    instrumentModel(target as unknown as Instrumentable, { aiwatch });
    return target;
  };
}

/** In a thread. */
async function live({ folder, modelPath, moment, way, isObserved }: Life): Promise<void> {
  const end = () => {
    if (way === "exit") process.exit();
    if (way === "throw") throw new Error("nobody catches it");
  };
  const reach = (reached: Moment) => {
    if (reached !== moment) return;
    parentPort?.postMessage("reached");
    if (way !== "terminate") setTimeout(end, 5);
  };
  // it waits for what it is told, as a pool's threads do
  parentPort?.on("message", () => {});
  const observed = await joined(isObserved);
  const entry = createRequire(join(folder, "package.json")).resolve("node-llama-cpp");
  const engine: typeof import("node-llama-cpp") = await import(pathToFileURL(entry).href);
  reach("imported");
  const options = { gpu: false, build: "never", logLevel: engine.LlamaLogLevel.error } as const;
  const llama = observed(await engine.getLlama(options));
  const loading = llama.loadModel({ modelPath });
  reach("loading");
  const model = await loading;
  const context = await model.createContext({ contextSize: 4096, threads: 1 });
  const contextSequence = context.getSequence();
  reach("loaded");
  if (moment === "evaluating its prompt") {
    setTimeout(() => reach(moment), 10);
    const tokens = model.tokenize("Tell me about the local model. ".repeat(1000)).slice(0, 3900);
    await contextSequence.evaluateWithoutGeneratingNewTokens(tokens);
  }
  let tokens = 0;
  const onToken = () => {
    tokens += 1;
    if (tokens === 10) reach("decoding");
  };
  const session = new engine.LlamaChatSession({ contextSequence });
  await session.prompt("Tell me", { maxTokens: moment === "decoding" ? 3000 : 20, onToken });
  if (moment === "answered") reach(moment);
  await llama.dispose();
  reach("disposed");
}

/** In the main thread. Resolves when the thread is over. */
async function watch(life: Life): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: life });
  worker.on("error", () => {});
  const over = new Promise((resolve) => worker.once("exit", resolve));
  await new Promise((resolve) => worker.once("message", resolve));
  if (life.way === "terminate") await worker.terminate();
  await over;
}

if (isMainThread) {
  const [folder, modelPath, moment, way, observed] = process.argv.slice(2) as [string, string, Moment, Way, string];
  const isObserved = observed === "observed";
  await joined(isObserved);
  await watch({ folder, modelPath, moment, way, isObserved });
  await watch({ folder, modelPath, moment: "disposed", way: "exit", isObserved });
  process.stdout.write("survived", () => process.exit());
} else await live(workerData as Life);
