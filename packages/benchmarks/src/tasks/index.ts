import { heapTask } from "./heap-task.ts";
import { logLinesTask } from "./log-lines-task.ts";
import { promptsTask } from "./prompts-task.ts";
import { scrapeBlocksTask } from "./scrape-blocks-task.ts";
import { scrapeTask } from "./scrape-task.ts";
import {
  burstLoadTask,
  collectorTask,
  httpLoadTask,
  inProcessAppTask,
  listeningAppTask,
  tracedServerTask,
} from "./server-tasks.ts";
import { sessionTask } from "./session-task.ts";

/** What runs in processes of their own. */
export const tasks = {
  prompts: promptsTask,
  heap: heapTask,
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
