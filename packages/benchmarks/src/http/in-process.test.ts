import { createServer } from "node:http";
import { expect, it } from "vitest";
import { inProcess } from "./in-process.ts";

it("asks a server that does not listen as often as it is told, over connections that are kept", async () => {
  const sockets = new Set<unknown>();
  const paths: (string | undefined)[] = [];
  const server = createServer((req, res) => {
    sockets.add(req.socket);
    paths.push(req.url);
    res.setHeader("content-length", 2);
    res.end("ok");
  });
  const ask = inProcess(server);
  await ask(100);
  await ask(50);
  expect(paths).toHaveLength(150);
  expect(new Set(paths)).toEqual(new Set(["/items/42"]));
  expect(sockets.size).toBe(20);
});
