import { catalogue } from "@aiwatch/core";
import { recorded } from "../rules/recorded.ts";

const stepSeconds = 30;
const samples = 20;

interface Series {
  readonly name: string;
  /** Without spaces: OpenMetrics takes none. */
  readonly labels: string;
  /** By process and sample. */
  readonly value: (process: number, sample: number) => number;
}

const bucketsOf = (name: string, bounds: readonly number[], labels: string): Series[] =>
  [...bounds.map(String), "+Inf"].map((le, index) => ({
    name,
    labels: [labels, `le="${le}"`].filter(Boolean).join(","),
    value: (process, sample) => (index > process % bounds.length ? sample * 3 : 0),
  }));

/** What the board of a fleet reads of one process, the recorded delay of its event loop among it. */
const ofProcess: readonly Series[] = [
  { name: "up", labels: "", value: (process) => (process % 100 === 99 ? 0 : 1) },
  { name: "process_resident_memory_bytes", labels: "", value: (process) => (process + 1) * 2 ** 24 },
  { name: "process_start_time_seconds", labels: "", value: () => 1 },
  { name: catalogue.activeRequests.name, labels: "", value: () => 1 },
  { name: catalogue.buildInfo.name, labels: 'version="1",node="24",engine="e"', value: () => 1 },
  { name: catalogue.activeInferences.name, labels: 'model="m"', value: (process, sample) => (process + sample) % 40 },
  { name: catalogue.queuedInferences.name, labels: 'model="m"', value: (process, sample) => (process * sample) % 7 },
  { name: catalogue.kvCacheUsage.name, labels: 'model="m"', value: (process) => (process % 100) / 100 },
  { name: catalogue.oldestInference.name, labels: 'model="m"', value: (process) => process },
  {
    name: catalogue.httpRequests.name,
    labels: 'method="POST",endpoint="/chat",status="200"',
    value: (process, sample) => process * sample,
  },
  {
    name: catalogue.requestOutcomes.name,
    labels: 'outcome="ok"',
    value: (process, sample) => process * sample,
  },
  ...bucketsOf(`${catalogue.requestFirstToken.name}_bucket`, catalogue.requestFirstToken.bounds, 'model="m"'),
  ...bucketsOf(recorded.eventLoopDelayBuckets.name, catalogue.eventLoopDelay.bounds, ""),
];

const labelsOf = (process: number, { labels }: Series) =>
  ['job="genai-app"', `instance="app-${process}:8080"`, labels].filter(Boolean).join(",");

/** One process's samples of one series, the last of them now. */
function samplesOf(process: number, series: Series, now: number): string {
  const head = `${series.name}{${labelsOf(process, series)}}`;
  const times = Array.from({ length: samples }, (_, index) => index + 1);
  return times
    .map((sample) => `${head} ${series.value(process, sample)} ${now - (samples - sample) * stepSeconds}\n`)
    .join("");
}

/** The past of so many processes, up to now, as OpenMetrics: the lines of one name stand together. */
export function largeFleet(processes: number): string {
  const now = Math.floor(Date.now() / 1000);
  const names = [...new Set(ofProcess.map(({ name }) => name))];
  const all = Array.from({ length: processes }, (_, process) => process);
  const familyOf = (name: string) =>
    all.flatMap((process) =>
      ofProcess.filter((series) => series.name === name).map((series) => samplesOf(process, series, now)),
    );
  return `${names.map((name) => `# TYPE ${name} unknown\n${familyOf(name).join("")}`).join("")}# EOF\n`;
}
