import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { expect } from "vitest";
import { readers } from "./storm-readers.ts";

/**
 * @param clients a quarter of them comes and goes, one reads, one takes nothing and one takes its time
 * @returns how many were cut off
 */
export async function expectNothingLeft(clients: number, seconds: number, seed: number): Promise<number> {
  const app = fileURLToPath(new URL("storm-app.ts", import.meta.url));
  const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--no-warnings"];
  const args = [clients, seconds, seed].map(String);
  const timeoutMs = seconds * 1000 + 60_000;
  const { stdout, stderr } = await runToEnd(process.execPath, [...flags, app, ...args], { timeoutMs });
  expect(stderr).toBe("");
  const { begun, ended, mostBytes, grownBytes, left, drained, faults, cut } = JSON.parse(stdout);
  expect({ ended, left, faults }).toEqual({ ended: begun, left: [], faults: 0 });
  expect(begun).toBeGreaterThan(clients);
  // an event is at most some 100 kB, and each is there once however many wait for it
  expect(mostBytes).toBeLessThan(20e6 + clients * 200_000);
  expect(grownBytes).toBeLessThan(10e6);
  // those who read are told; none of the others is waited for
  expect(drained).toMatchObject({ code: 0, left: [] });
  expect(drained.told).toBeGreaterThanOrEqual(clients / readers.length);
  expect(drained.ms).toBeLessThan(5000);
  return cut;
}
