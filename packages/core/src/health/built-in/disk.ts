import { statfs } from "node:fs/promises";
import { ranges, readNumber } from "../../settings/read-number.ts";
import { invalidSetting, readSetting } from "../../settings/settings.ts";
import type { CheckOptions, CheckResult, HealthCheck } from "../check.ts";
import { gibibytes } from "./bytes.ts";

/** Whether there is room on a disk, for logs, caches and models. Not critical unless it is told otherwise. */
export interface DiskCheckOptions extends CheckOptions {
  /** A file or folder on the disk. It is not shown to those who ask. @default `AIWATCH_HEALTH_DISK_PATH`, else the working directory */
  readonly path?: string;
  /** The least free space, in bytes. @default `AIWATCH_HEALTH_MIN_FREE_BYTES`, else 1 GiB */
  readonly minFreeBytes?: number;
}

export function diskCheck(options: DiskCheckOptions): HealthCheck {
  const variables = ["AIWATCH_HEALTH_DISK_PATH"];
  const path = readSetting({ option: options.path, variables }, (text) => text, "a path") ?? process.cwd();
  if (typeof path !== "string") throw invalidSetting("the option health.disk.path", path, "a path");
  const minFreeBytes =
    readNumber({
      option: options.minFreeBytes,
      name: "health.disk.minFreeBytes",
      variable: "AIWATCH_HEALTH_MIN_FREE_BYTES",
      range: ranges.bytes,
    }) ?? 2 ** 30;
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
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  if (free >= minFreeBytes) return true;
  return { ok: false, detail: `${gibibytes(free)} free, under ${gibibytes(minFreeBytes)}` };
}
