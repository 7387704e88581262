/**
 * Run as a process of its own with `--expose-gc`: plays schedules on the real llama.cpp and writes what became of them as JSON. Its arguments are
 * the first seed and how many there are. A decode that dies of a dispose is an unhandled rejection in the engine, bare too.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama } from "node-llama-cpp";
import { countSpans } from "../count-spans.ts";
import { playSchedule } from "./play-schedule.ts";

process.on("unhandledRejection", () => {});
const [first = 0, count = 1] = process.argv.slice(2).map(Number);
const spans = countSpans();
const modelPath = await ensureTinyModel({ variant: "endless" });
const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
const played: Awaited<ReturnType<typeof playSchedule>>[] = [];
for (let seed = first; seed < first + count; seed++) {
  played.push(await playSchedule(llama, modelPath, seed));
}
const isOver = () => played.every((read) => read().begun === read().ended);
for (let left = 50; left > 0 && !isOver(); left--) {
  await sleep(100);
  globalThis.gc?.();
}
const result = {
  spans: spans.begun(),
  openSpans: spans.open(),

  schedules: played.map((read) => read()),
};
process.stdout.write(JSON.stringify(result), () => process.exit());
