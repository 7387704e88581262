import { writeSync } from "node:fs";

/** Its number in every process: in a worker thread, too, whose `process.stderr` is a message to the main one. */
const stderr = 2;

/** How often a full pipe is tried again, and how long it has until then, in milliseconds: a reader that does not read must not keep the process. */
const attempts = 20;
const pauseMs = 10;

/**
 * Writes all of `text` at once: what a stream of Node's holds back at the exit is never written.
 * @param write stands for the file's in tests
 * @throws what the file system says, of a pipe that stays full too
 */
export function writeToStderr(text: string, write: typeof writeBytes = writeBytes): void {
  let rest: Uint8Array = Buffer.from(text);
  let left = attempts;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(write(rest));
    } catch (error) {
      left -= 1;
      if (left === 0 || !isFull(error)) throw error;
      pause();
    }
  }
}

function writeBytes(bytes: Uint8Array): number {
  return writeSync(stderr, bytes);
}

/** Said of a pipe that would have to be waited for, as Node makes them. */
function isFull(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "code") === "EAGAIN";
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
}
