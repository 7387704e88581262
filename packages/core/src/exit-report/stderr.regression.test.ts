import { describe, expect, it } from "vitest";
import { writeToStderr } from "./stderr.ts";

const full = Object.assign(new Error("resource temporarily unavailable"), { code: "EAGAIN" });

/** A pipe that takes `most` bytes at once; before each of them it is full as often as is said. */
function pipe(most: number, timesFull = 0) {
  const taken: number[] = [];
  let asked = 0;
  const write = (bytes: Uint8Array) => {
    asked += 1;
    if (asked % (timesFull + 1) !== 0) throw full;
    const part = bytes.subarray(0, most);
    taken.push(...part);
    return part.length;
  };
  return { write, text: () => Buffer.from(taken).toString(), asked: () => asked };
}

describe("what is written on stderr at the exit", () => {
  it.each([
    ["in one go", 1_000, 0],
    ["in parts, within a character too", 3, 0],
    ["after a pause where the pipe is full", 8, 2],
  ])("is all of it, %s", (_, most, timesFull) => {
    const { write, text } = pipe(most, timesFull);
    writeToStderr("time – 40 ms\n", write);
    expect(text()).toBe("time – 40 ms\n");
  });

  it("is given up where nobody reads, and at once where nobody can", () => {
    const { write, asked } = pipe(8, 1_000);
    expect(() => writeToStderr("x", write)).toThrow(full);
    expect(asked()).toBe(20);
    let tried = 0;
    const closed = () => {
      tried += 1;
      throw Object.assign(new Error("broken pipe"), { code: "EPIPE" });
    };
    expect(() => writeToStderr("x", closed)).toThrow("broken pipe");
    expect(tried).toBe(1);
  });
});
