import { createServer } from "node:http";
import { context, trace } from "@opentelemetry/api";
import { afterEach, expect, it } from "vitest";
import { type Comparison, naive, signalFloor } from "./comparison.ts";
import { inProcess } from "./in-process.ts";

afterEach(() => {
  // a process has one provider, and each comparison sets its own
  trace.disable();
  context.disable();
});

async function serve({ middleware }: Comparison): Promise<void> {
  const server = createServer((req, res) => {
    const answer = () => {
      res.setHeader("content-length", 2);
      res.end("ok");
    };
    middleware(req, res, answer, () => "/items/:id");
  });
  await inProcess(server)(30);
}

it.each([
  ["the naive middleware's metrics", () => naive("metrics")],
  ["the naive middleware's signals", () => naive("all")],
  ["the floor's signals", () => signalFloor()],
])("%s count every request, and say so where they do not", async (_name, make) => {
  const comparison = make();
  await serve(comparison);
  await comparison.check(30);
  await expect(comparison.check(31)).rejects.toThrow("count 30 requests, not 31");
});
