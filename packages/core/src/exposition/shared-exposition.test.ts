import { expect, it } from "vitest";
import type { Clock } from "../clock.ts";
import type { MetricJson } from "./metric-json.ts";
import { SharedExposition } from "./shared-exposition.ts";

/** An exposition of a gauge that says how often was collected; each collection ends when it is told to. */
function counted(now = () => 0) {
  const ends: ((error?: Error) => void)[] = [];
  const exposition = new SharedExposition(
    () => {
      const value = ends.length + 1;
      const metric: MetricJson = { name: "scrapes", help: "scrapes", type: "gauge", values: [{ labels: {}, value }] };
      return new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve([metric]))));
    },
    { now } as Clock,
  );
  const read = async (format: "classic" | "openmetrics" = "classic") => {
    const text = Buffer.concat(await exposition.text(format)).toString();
    return [/^scrapes (\d+)/m.exec(text)?.[1], text.endsWith("# EOF\n")];
  };
  return { exposition, ends, read };
}

it("is collected once for all who ask meanwhile, whatever their format", async () => {
  const { ends, read } = counted();
  const reading = [read(), read(), read("openmetrics")];
  expect(ends).toHaveLength(1);
  ends[0]?.();
  expect(await Promise.all(reading)).toEqual([
    ["1", false],
    ["1", false],
    ["1", true],
  ]);
});

it("is one text for all of one format", async () => {
  const { exposition, ends } = counted();
  const texts = Promise.all([exposition.text("classic"), exposition.text("classic")]);
  ends[0]?.();
  const [one, other] = await texts;
  expect(one).toBe(other);
});

it("is a new one for whoever asks when it is made", async () => {
  const { ends, read } = counted();
  for (const n of [1, 2, 3]) {
    const reading = read();
    expect(ends).toHaveLength(n);
    ends[n - 1]?.();
    expect(await reading).toEqual([String(n), false]);
  }
});

it("fails for all who waited, and for nobody after them", async () => {
  const { ends, read } = counted();
  const failing = [read(), read("openmetrics")];
  ends[0]?.(new Error("gone"));
  for (const reading of failing) await expect(reading).rejects.toThrow("gone");
  const next = read();
  ends[1]?.();
  expect(await next).toEqual(["2", false]);
});

it("that hangs is not waited for by those who ask ten seconds later", async () => {
  let now = 0;
  const { ends, read } = counted(() => now);
  const hanging = read();
  now = 9_999;
  const joined = read();
  expect(ends).toHaveLength(1);
  now = 10_000;
  const late = read();
  ends[1]?.();
  expect(await late).toEqual(["2", false]);
  ends[0]?.();
  expect(await Promise.all([hanging, joined])).toEqual([
    ["1", false],
    ["1", false],
  ]);
});
