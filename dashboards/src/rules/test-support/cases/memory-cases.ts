import { catalogue } from "@aiwatch/core";
import { type Case, named, of } from "./case.ts";

const alert = "AIWatchMemoryGrows";
const perHour = 12;
const GB = 1e9;

/** A process that starts at hour 0, and its memory at each of so many hours. */
function process(instance: string, hours: number, memoryAt: (hour: number) => number, startedAt = 0) {
  const samples = Array.from({ length: hours * perHour + 1 }, (_, index) => Math.round(memoryAt(index / perHour)));
  return {
    [named("process_resident_memory_bytes", { instance })]: samples.join(" "),
    [named("process_start_time_seconds", { instance })]: `${startedAt * 3600}x${hours * perHour}`,
    [of(catalogue.activeRequests, { instance })]: `0x${hours * perHour}`,
  };
}

/** The samples of a process's first hours are not there: its Prometheus, or its rules, are younger than it is. */
const knownFrom = (hour: number, series: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(series).map(([name, samples]) => [
      name,
      name.startsWith("process_resident")
        ? `_x${hour * perHour - 1} ${samples
            .split(" ")
            .slice(hour * perHour)
            .join(" ")}`
        : samples,
    ]),
  );

/** Another program's memory. */
const otherProgram = (instance: string, hours: number, memoryAt: (hour: number) => number) =>
  Object.fromEntries(
    Object.entries(process(instance, hours, memoryAt)).filter(([name]) => name.startsWith("process_")),
  );

const leak = (from: number, share: number) => (hour: number) => from * (1 + share) ** hour;
/** 20 GB of weights become resident within half an hour, beside what the process has. */
const loaded = (hour: number, at: number) => 20 * GB * Math.min(1, Math.max(0, (hour - at) * 2));
/** By day there is more to do than by night. */
const byDay = (hour: number) => Math.max(0, Math.sin(((hour - 6) / 24) * 2 * Math.PI));

const fires = (...instances: string[]) => instances.map((instance) => ({ job: "chat", instance }));

const everyHour = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ at: `${from + index}h`, of: [] }));

/** On both sides: what only takes much memory, and what takes more and more. */
export const memoryCases: readonly Case[] = [
  {
    name: "a leak of 5 % an hour; one that ends after four hours, one of a small process, and one of a process that began in between",
    alert,
    every: "5m",
    evaluated: "5m",
    series: {
      ...process("leaks", 13, leak(2 * GB, 0.05)),
      ...process("ends", 13, (hour) => leak(2 * GB, 0.05)(Math.min(hour, 4))),
      ...process("small", 13, leak(0.15 * GB, 0.05)),
      ...process("young", 13, leak(2 * GB, 0.05), 5),
      ...otherProgram("other", 13, leak(2 * GB, 0.05)),
    },
    values: [
      { promql: 'count(job_instance:process_resident_memory_bytes:max5m{instance="other"})', at: "10h", are: {} },
    ],
    fires: [
      { at: "9h", of: [] },
      { at: "9h30m", of: fires("leaks") },
      { at: "12h30m", of: fires("leaks") },
    ],
  },
  {
    name: "a model of 20 GB that is mapped and read at the start, a second one hours later, a third two hours after that, and weights that are taken back and read again",
    alert,
    every: "5m",
    evaluated: "5m",
    series: {
      ...process("start", 40, (hour) => GB + loaded(hour, 0.2)),
      ...process("second", 40, (hour) => GB + loaded(hour, 0.2) + loaded(hour, 12)),
      ...process("third", 40, (hour) => GB + loaded(hour, 0.2) + loaded(hour, 12) + loaded(hour, 13.8)),
      ...process("breathes", 40, (hour) => (hour % 12 < 6 ? 8 * GB : 3 * GB)),
    },
    fires: everyHour(1, 40),
  },
  {
    name: "days that have more to do than nights, from the second day on: the first is like a leak that ends at noon",
    alert,
    every: "5m",
    evaluated: "5m",
    series: process("days", 60, (hour) => 2 * GB * (1 + byDay(hour))),
    fires: [{ at: "11h", of: fires("days") }, ...everyHour(14, 60)],
  },
  {
    name: "rules that are fourteen hours younger than a process which leaks 5 % an hour: nothing is said until a day of it is known",
    alert,
    every: "5m",
    evaluated: "5m",
    series: knownFrom(14, process("leaks", 42, leak(2 * GB, 0.05))),
    fires: [...everyHour(15, 39), { at: "41h", of: fires("leaks") }],
  },
  {
    name: "a leak of 1 % an hour is told of after a day and a half; one of a quarter of that is not",
    alert,
    every: "5m",
    evaluated: "5m",
    series: { ...process("leaks", 40, leak(2 * GB, 0.01)), ...process("hardly", 40, leak(2 * GB, 0.0025)) },
    fires: [
      { at: "32h", of: [] },
      { at: "36h", of: fires("leaks") },
    ],
  },
];
