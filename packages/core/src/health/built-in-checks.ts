import fs from "node:fs";
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import type { EventLoopMonitor } from "../event-loop/event-loop-monitor.ts";
import type { ModelBoard } from "../models/model-board.ts";
import type { ModelReadings } from "../models/readings.ts";
import { coreSettings } from "../settings/core-settings.ts";
import { invalidSetting, readRow } from "../settings/settings.ts";
import type { CheckOptions, CheckResult, HealthCheck } from "./check.ts";

/** Bytes as people read them. */
export function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

/** Whether there is room on a disk, for logs, caches and models. Not critical by default. */
export interface DiskCheckOptions extends CheckOptions {
  /** A file or folder on the disk. It is not shown to those who ask. @default `AIWATCH_HEALTH_DISK_PATH`, else the working directory */
  readonly path?: string;
  /** The least free space, in bytes. @default `AIWATCH_HEALTH_MIN_FREE_BYTES`, else 1 GiB */
  readonly minFreeBytes?: number;
}

export function diskCheck(options: DiskCheckOptions): HealthCheck {
  const path = readRow(coreSettings.diskPath, options.path) ?? process.cwd();
  const minFreeBytes = readRow(coreSettings.minFreeBytes, options.minFreeBytes);
  let asking: Promise<CheckResult> | undefined;
  return () => {
    // a network disk that is gone holds each call, and one of Node's few threads with it: never more than one
    asking ??= freeSpace(path, minFreeBytes).finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function freeSpace(path: string, minFreeBytes: number): Promise<CheckResult> {
  // what may be used without being root
  const { bavail, bsize } = await fs.promises.statfs(path);
  const free = bavail * bsize;
  if (free >= minFreeBytes) return true;
  return { ok: false, detail: `${gibibytes(free)} free, under ${gibibytes(minFreeBytes)}` };
}

/** Whether Node's event loop is held up. Not critical by default: under load every replica's is at once. */
export interface EventLoopCheckOptions extends CheckOptions {
  /**
   * The longest delay that 99 % of the looks at the loop may find, in milliseconds.
   * @default `AIWATCH_HEALTH_MAX_EVENT_LOOP_DELAY_MS`, else 500
   */
  readonly maxDelayMs?: number;
}

export function eventLoopCheck(monitor: EventLoopMonitor, options: EventLoopCheckOptions): HealthCheck {
  const maxDelayMs = readRow(coreSettings.maxEventLoopDelayMs, options.maxDelayMs);
  return () => {
    const delayMs = monitor.delayMs();
    if (delayMs === undefined || delayMs <= maxDelayMs) return true;
    return { ok: false, detail: `the event loop was delayed by ${Math.round(delayMs)} ms, over ${maxDelayMs} ms` };
  };
}

/**
 * Whether memory runs out. Not critical by default: every replica is short of it at once, and if all of them are taken out,
 * nobody is served.
 */
export interface MemoryCheckOptions extends CheckOptions {
  /**
   * The most resident memory, in bytes. A model that is mapped from its file counts as far as it was read.
   * @default `AIWATCH_HEALTH_MAX_RSS_BYTES`, else 90 % of the container's limit, of the machine's memory where there is none
   */
  readonly maxRssBytes?: number;
  /** The most that the JavaScript heap may hold, in bytes. @default `AIWATCH_HEALTH_MAX_HEAP_BYTES`, else 90 % of V8's limit */
  readonly maxHeapBytes?: number;
}

const share = 0.9;

export function memoryCheck(options: MemoryCheckOptions): HealthCheck {
  const maxRss = readRow(coreSettings.maxRssBytes, options.maxRssBytes);
  const maxHeap =
    readRow(coreSettings.maxHeapBytes, options.maxHeapBytes) ?? getHeapStatistics().heap_size_limit * share;
  return () => {
    const { rss, heapUsed } = process.memoryUsage();
    const over = [
      ...tooMuch("resident memory", rss, maxRss ?? availableMemory() * share),
      ...tooMuch("heap", heapUsed, maxHeap),
    ];
    return over.length === 0 ? true : { ok: false, detail: over.join("; ") };
  };
}

function tooMuch(what: string, bytes: number, limit: number): string[] {
  return bytes > limit ? [`${what} ${gibibytes(bytes)}, over ${gibibytes(limit)}`] : [];
}

/**
 * What this process can have. Asked each time: a container's limit may be changed while it runs. Where there is none, Node tells 0 or a number
 * that no machine has.
 */
function availableMemory(): number {
  const constrained: number | undefined = process.constrainedMemory();
  const total = totalmem();
  return constrained !== undefined && constrained > 0 && constrained < total ? constrained : total;
}

/** Whether a model is there. Critical unless it is told otherwise: an app without its model can answer nobody. */
export interface ModelCheckOptions extends CheckOptions {
  /** The model that must be there, by the name that its metrics have. @default `AIWATCH_HEALTH_MODEL_NAME`, else any one */
  readonly name?: string;
  /** Says so itself, instead of AIWatch's readings of the models: for engines that it does not know. @default the readings */
  readonly isAlive?: HealthCheck;
}

/**
 * Looks at what AIWatch reads of the models that live here: an instrumented model or context is there until it is disposed or collected. One
 * that somebody else measured (`reportModel`) is there from its first report on: nobody tells its end.
 */
export function modelCheck(host: { readonly models: ModelBoard }, options: ModelCheckOptions): HealthCheck {
  const { isAlive } = options;
  if (isAlive !== undefined) {
    if (typeof isAlive === "function") return isAlive;
    throw invalidSetting("the option health.model.isAlive", isAlive, "a function");
  }
  const name = readRow(coreSettings.modelName, options.name);
  return () => {
    const { models } = host;
    const board = models.read();
    const candidates = name === undefined ? board.values() : [board.get(models.nameOf(name)) ?? {}];
    for (const readings of candidates) if (isThere(readings)) return true;
    return { ok: false, detail: name === undefined ? "no model is loaded" : `the model ${name} is not loaded` };
  };
}

/** These are known of a model that once ran an inference, whether it is still there or not. */
const fromInferences = new Set(["tokensPerSecond", "activeInferences", "queuedInferences"]);

function isThere(readings: ModelReadings): boolean {
  return Object.entries(readings).some(([name, value]) => value !== undefined && !fromInferences.has(name));
}
