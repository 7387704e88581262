import { heapTask } from "./heap-task.ts";
import { promptsTask } from "./prompts-task.ts";
import { scrapeTask } from "./scrape-task.ts";
import { sessionTask } from "./session-task.ts";

/** What runs in processes of their own. */
export const tasks = { prompts: promptsTask, heap: heapTask, session: sessionTask, scrape: scrapeTask };

export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
