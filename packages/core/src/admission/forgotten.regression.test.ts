import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { expect, it } from "vitest";

const cwd = fileURLToPath(new URL("../..", import.meta.url));
const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning"];

/** Runs `program` in a process of its own, and collects what it dropped. */
async function figuresAfter(program: string) {
  const stdin = `
    import pLimit from "p-limit";
    import { createAiwatch } from "./src/index.ts";
    import { requestScopes } from "./src/request/scope.ts";
    const aiwatch = createAiwatch();
    const admission = aiwatch.admission({ queue: "line" });
    const held = [];
    (() => {${program}})();
    for (let turn = 0; turn < 10; turn += 1) {
      await new Promise(setImmediate);
      gc();
    }
    const shown = (line) => /^genai_app_admission/.test(line) && !/_bucket|_sum| 0$/.test(line);
    const lines = (await aiwatch.registry.metrics()).split("\\n").filter(shown);
    console.log(lines.map((line) => line.replace("genai_app_", "")).sort().join("\\n"));
    held.length = 0;`;
  const { stdout, stderr } = await runToEnd(process.execPath, [...flags, "--input-type=module"], { cwd, stdin });
  return { lines: stdout.trim().split("\n"), stderr };
}

it("an entry whose handle was collected has left, each once, and one diagnostic says so", async () => {
  const { lines, stderr } = await figuresAfter(`
    held.push(admission.enter());
    for (let n = 0; n < 3; n += 1) admission.enter();
    admission.enter({ outlivesRequest: true });
    admission.enter({ signal: new AbortController().signal });
    admission.enter().refused();`);
  expect(lines).toEqual([
    'admission_waiting{queue="line"} 1',
    'admissions_total{queue="line",outcome="left"} 5',
    'admissions_total{queue="line",outcome="refused"} 1',
  ]);
  expect(stderr.match(/AIWATCH_ABANDONED/g)).toHaveLength(1);
});

it("a wait for a promise that nobody can settle any more has left", async () => {
  const { lines } = await figuresAfter("void admission.wait(() => new Promise(() => {}));");
  expect(lines).toEqual(['admissions_total{queue="line",outcome="left"} 1']);
});

it("a wait whose promise somebody holds goes on, and so does a task that a limiter holds", async () => {
  const { lines, stderr } = await figuresAfter(`
    const never = new Promise((resolve) => held.push(resolve));
    void admission.wait(() => never);
    const limit = admission.wrap(pLimit(1));
    void limit(() => never);
    void limit(() => never);
    held.push(limit);`);
  expect(lines).toEqual([
    'admission_wait_seconds_count{queue="line"} 1',
    'admission_waiting{queue="line"} 2',
    'admissions_total{queue="line",outcome="admitted"} 1',
  ]);
  expect(stderr).toBe("");
});

it("nothing of a wait is kept after its end, however it came, though limiter, signal and request live on", async () => {
  const stdin = `
    import { queryObjects } from "node:v8";
    import pLimit from "p-limit";
    import PQueue from "p-queue";
    import { Entry } from "./src/admission/entry.ts";
    import { createAiwatch } from "./src/index.ts";
    import { requestScopes } from "./src/request/scope.ts";
    const aiwatch = createAiwatch();
    const admission = aiwatch.admission({ queue: "line", order: "fifo" });
    const [limit, queue] = [admission.wrap(pLimit(1)), admission.wrap(new PQueue({ concurrency: 1 }))];
    const scope = { requestId: "r", chat: false, closed: false };
    const { signal } = new AbortController();
    const never = new Promise(() => {});
    const stuck = [limit(() => never), queue.add(() => never)];
    const open = [limit(() => never), queue.add(() => never)];
    await new Promise(setImmediate);
    const count = () => queryObjects(Entry, { format: "count" }) + queryObjects(AbortSignal, { format: "count" });
    const before = count();
    for (let n = 0; n < 100; n += 1) {
      admission.enter({ signal }).left();
      requestScopes().run(scope, () => admission.enter({ signal })).admitted();
      const gone = new AbortController();
      queue.add(() => never, { signal: gone.signal }).catch(() => {});
      gone.abort();
      await admission.wait(async () => n, { signal });
      await admission.wait(async () => n, { signal: new AbortController().signal });
    }
    for (let turn = 0; turn < 10; turn += 1) {
      await new Promise(setImmediate);
      gc();
    }
    console.log(before, count(), signal.aborted, scope.closed, stuck.length + open.length);`;
  const { stdout } = await runToEnd(process.execPath, [...flags, "--input-type=module"], { cwd, stdin });
  const [before, after] = stdout.split(" ").map(Number);
  expect(before).toBeGreaterThanOrEqual(2);
  expect(after! - before!).toBeLessThan(5);
});

it("what waits in a request that is open goes on, whoever holds its handle", async () => {
  const { lines, stderr } = await figuresAfter(`
    const scope = { requestId: "r", chat: false, closed: false };
    held.push(scope);
    requestScopes().run(scope, () => void admission.enter());`);
  expect(lines).toEqual(['admission_waiting{queue="line"} 1']);
  expect(stderr).toBe("");
});
