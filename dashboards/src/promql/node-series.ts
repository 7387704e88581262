import type { OutsideRow } from "./outside-row.ts";

const anyText = { cap: Number.POSITIVE_INFINITY };
const ofProcesses = { labels: {}, targets: ["job", "instance"], type: "gauge" } as const;
const source = "prom-client's, where the app calls `collectDefaultMetrics()`.";

/** What prom-client tells of Node.js itself, where the app asks it to. */
export const node = {
  loopLag: {
    ...ofProcesses,
    name: "nodejs_eventloop_lag_p99_seconds",
    help: "99th percentile of the event loop's lag since the last scrape",
    unit: "seconds",
    aggregation: "max",
    definition: `The 99th percentile of the event loop's lag between two scrapes, idle time included; its resolution of 10 ms is part of it. ${source}`,
  },
  heapUsed: {
    ...ofProcesses,
    name: "nodejs_heap_size_used_bytes",
    help: "Memory that objects take in V8's heap",
    unit: "bytes",
    aggregation: "sum",
    definition: `Memory of the objects in V8's heap, those that nobody needs any more included. ${source}`,
  },
  heapTotal: {
    ...ofProcesses,
    name: "nodejs_heap_size_total_bytes",
    help: "Memory that V8's heap takes",
    unit: "bytes",
    aggregation: "sum",
    definition: `What V8 took of the system for its heap. ${source}`,
  },
  external: {
    ...ofProcesses,
    name: "nodejs_external_memory_bytes",
    help: "Memory outside of the heap that its objects hold",
    unit: "bytes",
    aggregation: "sum",
    definition: `Memory outside of V8's heap that its objects hold, such as buffers. A model of llama.cpp is not in it. ${source}`,
  },
  collections: {
    type: "histogram",
    name: "nodejs_gc_duration_seconds",
    help: "Duration of garbage collections",
    unit: "seconds",
    labels: { kind: anyText },
    targets: ["job", "instance"],
    bounds: [0.001, 0.01, 0.1, 1, 2, 5],
    aggregation: "sum",
    definition: `How long each garbage collection took, by kind: minor, incremental, major, weakcb. ${source}`,
  },
  openFiles: {
    ...ofProcesses,
    name: "process_open_fds",
    help: "Open file descriptors",
    unit: "series",
    aggregation: "sum",
    definition: `Open files and sockets. Linux alone; ${source}`,
  },
  filesLimit: {
    ...ofProcesses,
    name: "process_max_fds",
    help: "File descriptors that may be open",
    unit: "series",
    aggregation: "sum",
    definition: `How many files and sockets the process may have open. Linux alone; ${source}`,
  },
} as const satisfies Record<string, OutsideRow>;

export const nodeRows: readonly OutsideRow[] = Object.values(node);
