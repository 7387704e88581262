import { fileURLToPath } from "node:url";
import { runToEnd, snippetOf } from "@aiwatch/testkit";
import { expect, it } from "vitest";

const page = new URL("../../README.md", import.meta.url);

it("the README's checks are asked, and its signal handler ends the process with 0", async () => {
  const checks = (await snippetOf(page, /health\.addCheck\(\s+"store"/)).replace('"/models"', '"/"');
  const signals = (await snippetOf(page, /handleSignals/)).replace("8080", "0").replace("5000", "10");
  const stdin = `
import { once } from "node:events";
import express from "express";
const app = express(), storeUrl = "data:,up";
${checks}
${signals}
await once(server, "listening");
const { state, checks } = await aiwatch.health.readiness();
console.log(state, Object.keys(checks).join(), checks.store.detail);
remove();
console.log("store" in (await aiwatch.health.readiness()).checks);
process.kill(process.pid, "SIGTERM");`;
  const args = ["--conditions=@aiwatch/source", "--input-type=module"];
  const ended = await runToEnd(process.execPath, args, {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdin,
  });
  expect(ended).toEqual({
    code: 0,
    stdout: "starting model,memory,eventLoop,disk,store the store answered 200\nfalse\n",
    stderr: "",
  });
});
