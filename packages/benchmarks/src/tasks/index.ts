import { collectorTask } from "./collector-task.ts";
import { heapTask } from "./heap-task.ts";
import { httpLoadTask } from "./http-load-task.ts";
import { httpServerTask } from "./http-server-task.ts";
import { logLinesTask } from "./log-lines-task.ts";
import { promptsTask } from "./prompts-task.ts";
import { scrapeBlocksTask } from "./scrape-blocks-task.ts";
import { scrapeTask } from "./scrape-task.ts";
import { sessionTask } from "./session-task.ts";
import { tracedServerTask } from "./traced-server-task.ts";

/** What runs in processes of their own. */
export const tasks = {
  prompts: promptsTask,
  heap: heapTask,
  session: sessionTask,
  httpServer: httpServerTask,
  httpLoad: httpLoadTask,
  scrape: scrapeTask,
  scrapeBlocks: scrapeBlocksTask,
  logLines: logLinesTask,
  collector: collectorTask,
  tracedServer: tracedServerTask,
};

export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
