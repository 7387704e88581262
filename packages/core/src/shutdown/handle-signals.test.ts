import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";
import { afterEach, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("./test-support/slow-app.ts", import.meta.url));
const running: RunningProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) await child.stop("SIGKILL");
});

async function startApp(env: Record<string, string> = {}) {
  const child = await runNode(["--conditions=@aiwatch/source", entry], { env });
  running.push(child);
  const [, port] = await child.waitForLine(/^port (\d+)$/, 30_000);
  return { child, port: Number(port), url: `http://127.0.0.1:${port}` };
}

/** What the app told after its port. */
const told = ({ stdout }: RunningProcess) => stdout.slice(1);

describe("SIGTERM during a slow answer", () => {
  it("turns readiness to 503, lets the answer end whole, delivers everything and exits with 0", async () => {
    const { child, url } = await startApp({ DRAIN_MS: "1000" });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const slow = await fetch(`${url}/slow/2000`);
    process.kill(child.pid, "SIGTERM");
    await child.waitForLine(/own listener/);
    const answers = await Promise.all(["/readyz", "/readiness", "/livez"].map((path) => fetch(url + path)));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(await answers[0]!.json()).toEqual({ status: "draining", checks: {} });
    expect(await slow.text()).toBe("first last");
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(told(child)).toEqual([
      "the app's own listener",
      "inference stop",
      "request /slow/:ms whole",
      "observer closed",
    ]);
    expect(child.stderr).toEqual([]);
  });

  it("accepts no more after the drain, and waits for no connection that asks nothing", async () => {
    const { child, port, url } = await startApp();
    const inAdvance = connect(port, "127.0.0.1");
    await once(inAdvance, "connect");
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve, reject) => {
      get(`${url}/livez`, { agent }, (response) => response.resume().on("end", resolve)).on("error", reject);
    });
    const slow = await fetch(`${url}/slow/700`);
    process.kill(child.pid, "SIGTERM");
    await child.waitForLine(/own listener/);
    let whole: string | undefined;
    const reads = slow.text().then((text) => {
      whole = text;
    });
    while (
      await fetch(`${url}/livez`, { headers: { connection: "close" } }).then(
        () => true,
        () => false,
      )
    );
    expect(whole).toBe(undefined);
    await reads;
    expect(whole).toBe("first last");
    expect(await child.exit).toEqual({ code: 0, signal: null });
    inAdvance.destroy();
    agent.destroy();
  });

  it("tells clients to go elsewhere with what they ask next", async () => {
    const { child, url } = await startApp({ DRAIN_MS: "500" });
    expect((await fetch(`${url}/slow/1`)).headers.get("connection")).toBe("keep-alive");
    process.kill(child.pid, "SIGTERM");
    await child.waitForLine(/own listener/);
    expect((await fetch(`${url}/slow/1`)).headers.get("connection")).toBe("close");
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });
});

describe("what does not end", () => {
  it("is cut after the timeout, still delivered, and the code says so", async () => {
    const { child, url } = await startApp({ TIMEOUT_MS: "300" });
    const answer = await fetch(`${url}/endless`);
    const body = answer.text();
    process.kill(child.pid, "SIGINT");
    await expect(body).rejects.toThrow();
    expect(await child.exit).toEqual({ code: 130, signal: null });
    expect(told(child)).toEqual(["inference aborted", "request /endless stream_failed", "observer closed"]);
  });

  it("ends at once on a second signal", async () => {
    const { child, url } = await startApp({ DRAIN_MS: "20000" });
    const answer = await fetch(`${url}/endless`);
    process.kill(child.pid, "SIGTERM");
    await child.waitForLine(/own listener/);
    process.kill(child.pid, "SIGINT");
    expect(await child.exit).toEqual({ code: 130, signal: null });
    await expect(answer.text()).rejects.toThrow();
    expect(told(child)).toEqual(["the app's own listener"]);
  });

  it("takes one signal that comes twice, as npm passes Ctrl+C on, for one", async () => {
    const { child, url } = await startApp();
    const slow = await fetch(`${url}/slow/700`);
    process.kill(child.pid, "SIGINT");
    await sleep(30);
    process.kill(child.pid, "SIGINT");
    expect(await slow.text()).toBe("first last");
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });
});

it("a handler that was removed leaves a signal to do what it did before", async () => {
  const { child } = await startApp({ REMOVED: "yes" });
  expect(await child.stop("SIGTERM")).toEqual({ code: null, signal: "SIGTERM" });
});
