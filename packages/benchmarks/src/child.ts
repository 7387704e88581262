/** Run as a process of its own by `startChild`: sets up a task and answers one request after the other. */
import { type TaskName, tasks } from "./tasks/index.ts";

const [task = "", argument = "null"] = process.argv.slice(2);
if (!(task in tasks)) throw new Error(`there is no task ${JSON.stringify(task)}`);
const start = tasks[task as TaskName] as (argument: unknown) => Promise<(request: unknown) => Promise<unknown>>;
const run = await start(JSON.parse(argument));

process.on("message", ({ request }: { request: unknown }) => {
  // a rejection ends the process, and with it the benchmark
  void run(request).then((reply) => process.send?.({ reply }));
});
process.once("disconnect", () => process.exit());
process.send?.({ reply: "ready" });
