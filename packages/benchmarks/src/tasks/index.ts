import { chatHeapTask } from "./chat-tasks.ts";
import { clientTask } from "./client-task.ts";
import { heapTask, promptsTask, sessionTask } from "./engine-tasks.ts";
import { logLinesTask } from "./log-lines-task.ts";
import { scrapeBlocksTask, scrapeTask } from "./scrape-tasks.ts";
import {
  burstLoadTask,
  collectorTask,
  httpLoadTask,
  inProcessAppTask,
  listeningAppTask,
  tracedServerTask,
} from "./server-tasks.ts";

/** What runs in processes of their own. */
export const tasks = {
  client: clientTask,
  prompts: promptsTask,
  heap: heapTask,
  chatHeap: chatHeapTask,
  session: sessionTask,
  inProcessApp: inProcessAppTask,
  listeningApp: listeningAppTask,
  httpLoad: httpLoadTask,
  burstLoad: burstLoadTask,
  scrape: scrapeTask,
  scrapeBlocks: scrapeBlocksTask,
  logLines: logLinesTask,
  collector: collectorTask,
  tracedServer: tracedServerTask,
};

export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
