import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { expect } from "vitest";

/** @param clients a third of them comes and goes, a third reads, and a third takes nothing */
export async function expectNothingLeft(clients: number, seconds: number, seed: number): Promise<{ cut: number }> {
  const app = fileURLToPath(new URL("storm-app.ts", import.meta.url));
  const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--no-warnings"];
  const args = [clients, seconds, seed].map(String);
  const timeoutMs = seconds * 1000 + 30_000;
  const { stdout, stderr } = await runToEnd(process.execPath, [...flags, app, ...args], { timeoutMs });
  expect(stderr).toBe("");
  const { begun, ended, mostBytes, grownBytes, left, faults, cut } = JSON.parse(stdout);
  expect({ ended, left, faults }).toEqual({ ended: begun, left: { connections: 0, timers: 0 }, faults: 0 });
  expect(begun).toBeGreaterThan(clients);
  // an event is at most some 100 kB, and each is there once however many wait for it
  expect(mostBytes).toBeLessThan(20e6 + clients * 200_000);
  expect(grownBytes).toBeLessThan(10e6);
  return { cut };
}
