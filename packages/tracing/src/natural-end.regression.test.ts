import { fileURLToPath } from "node:url";
import { type OtlpReceiver, otlpReceiver, runToEnd, testServer } from "@aiwatch/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { grpcCollector } from "./test-support/grpc-collector.ts";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const flags = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning", "--input-type=module"];

interface Ended {
  readonly code: number | null;
  /** Absent where none ended it. */
  readonly signal: string | undefined;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** How a process ends that nobody closed anything in. */
async function run(program: string): Promise<Ended> {
  const imports = `import { startSpan, startTracing, withSpan } from "./src/index.ts";`;
  const { code, signal, stdout, stderr } = await runToEnd(process.execPath, flags, { cwd, stdin: imports + program });
  return { code, signal, lines: stdout.split("\n").filter((line) => line !== ""), stderr };
}

const telling = `
  for (const event of ["beforeExit", "exit"]) process.on(event, (code) => console.log(event, code));`;

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await otlpReceiver();
});
afterEach(() => receiver.close());

const started = (options = {}) => `
  const tracing = startTracing(${JSON.stringify({ endpoint: receiver.url, ...options })});`;
const names = () => receiver.spans().map(({ name }) => name);

describe("what waits is sent when the process has nothing left to do", () => {
  it("all of it, and the exit code stays", async () => {
    const program = `for (let i = 0; i < 10; i++) startSpan("x").end(); process.exitCode = 3;`;
    const ended = await run(started() + program);
    expect(ended).toEqual({ code: 3, signal: undefined, lines: [], stderr: "" });
    expect(receiver.spans()).toHaveLength(10);
  });

  it("over gRPC, whose connection does not keep the process then", async () => {
    const collector = await grpcCollector();
    const options = { endpoint: collector.endpoint, protocol: "grpc" };
    const ended = await run(`${started(options)} startSpan("x").end();`);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(collector.receiver.spans()).toHaveLength(1);
    await collector.close();
  });

  it("spans that an app makes in its own beforeExit included", async () => {
    const program = `
      startSpan("first").end();
      const began = performance.now();
      process.once("beforeExit", () => setImmediate(() => startSpan("second").end()));
      // not at the queue's own pace of 5 s
      process.on("exit", () => console.log(performance.now() - began < 4_000));`;
    expect(await run(started() + program)).toMatchObject({ code: 0, lines: ["true"], stderr: "" });
    expect(names().sort()).toEqual(["first", "second"]);
  });

  it("what a given processor holds back, though nothing is sent to a collector", async () => {
    const program = `
      const held = [];
      const holding = {
        onStart() {},
        onEnd: (span) => held.push(span.name),
        forceFlush: async () => console.log("flushed", held.splice(0).join()),
        shutdown: async () => {},
      };
      startTracing({ spanProcessors: [holding] });
      startSpan("x").end();`;
    expect(await run(program)).toMatchObject({ code: 0, lines: ["flushed x"], stderr: "" });
  });

  it("after tracing was shut down and started again, once", async () => {
    const program = `
      startSpan("first").end();
      await tracing.shutdown();
      startTracing(${JSON.stringify({ endpoint: receiver.url })});
      startTracing();
      startSpan("second").end();
      console.log(process.listenerCount("beforeExit"));`;
    expect(await run(started() + program)).toMatchObject({ code: 0, lines: ["1"], stderr: "" });
    expect(names()).toEqual(["first", "second"]);
  });

  it("and in a worker thread, when that one has nothing left to do", async () => {
    const inside = `
      const { startSpan, startTracing } = await import(${JSON.stringify(`${cwd}src/index.ts`)});
      startTracing(${JSON.stringify({ endpoint: receiver.url })});
      startSpan("inside").end();`;
    const program = `
      import { Worker } from "node:worker_threads";
      new Worker(${JSON.stringify(`(async () => {${inside}})()`)}, { eval: true }).on("exit", (code) => console.log(code));
      startTracing({ enabled: true }).enabled;`;
    expect(await run(program)).toMatchObject({ code: 0, lines: ["0"], stderr: "" });
    expect(names()).toEqual(["inside"]);
  });
});

describe("a process with nothing to send ends as it would without us", () => {
  it.each([
    ["no span was made", ""],
    [
      "aiwatch.close() has sent them",
      `startSpan("x").end(); await (await import("@aiwatch/core")).createAiwatch().close();`,
    ],
    ["shutdown() has", `startSpan("x").end(); await tracing.shutdown();`],
  ])("where %s: the same events in the same order", async (_, program) => {
    const bare = await run(telling);
    const watched = await run(started() + program + telling);
    expect(bare.lines).toEqual(["beforeExit 0", "exit 0"]);
    expect(watched).toEqual(bare);
  });
});

it("nor is it seen where spans went to a processor that holds nothing back", async () => {
  const program = `
    import { keepRecentTraces } from "./src/index.ts";
    startTracing({ spanProcessors: [keepRecentTraces()] });
    startSpan("x").end();`;
  expect((await run(program + telling)).lines).toEqual(["beforeExit 0", "exit 0"]);
});

describe("a process that is ended is not held up", () => {
  it.each([
    ["process.exit()", "process.exit(4);", { code: 4, signal: undefined }],
    [
      "a signal",
      `process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1_000);`,
      { code: null, signal: "SIGTERM" },
    ],
  ])("by %s", async (_, program, end) => {
    const ended = await run(`${started()} startSpan("x").end(); ${program}`);
    expect(ended).toEqual({ ...end, lines: [], stderr: "" });
    expect(receiver.requests).toBe(0);
  });

  it("and what process.exit() left unsent is counted as lost", async () => {
    const program = `
      process.on("exit", () => console.log(tracing.dropped));
      startSpan("x").end();
      startSpan("y").end();
      process.exit();`;
    expect(await run(started() + program)).toMatchObject({ code: 0, lines: ["2"], stderr: "" });
  });

  it("which the report at exit tells, whoever was there first", async () => {
    const program = `
      const { createAiwatch } = await import("@aiwatch/core");
      createAiwatch({ exitReport: true });
      startTracing(${JSON.stringify({ endpoint: receiver.url })});
      startSpan("x").end();
      process.exit();`;
    const { stderr } = await run(program);
    expect(stderr).toBe("AIWatch, at exit\n  spans lost                1\n");
  });

  it("nor is anything given up by an exit event that the app emits itself", async () => {
    const program = `startSpan("before").end(); process.emit("exit", 0); startSpan("after").end();`;
    expect(await run(started() + program)).toMatchObject({ code: 0, lines: [], stderr: "" });
    expect(names()).toEqual(["before", "after"]);
  });

  // an export is given up after 10 s by itself
  it.each<[string, Parameters<typeof testServer>[0]]>([
    ["that hangs", () => undefined],
    ["that asks for another attempt in 8 s", (_, res) => void res.writeHead(503, { "retry-after": "8" }).end()],
  ])("by a collector %s, for longer than the timeout", async (_, answer) => {
    const hanging = await testServer(answer);
    const options = { endpoint: hanging.url, shutdownTimeoutMs: 300 };
    const program = `
      startSpan("x").end();
      const began = performance.now();
      process.on("exit", () => console.log(performance.now() - began < 4_000, tracing.dropped));`;
    expect(await run(started(options) + program)).toMatchObject({ code: 0, lines: ["true 1"], stderr: "" });
    await hanging.close();
  });
});

describe("an app's own beforeExit listener that makes spans", () => {
  const goodbye = `let made = 0; const goodbye = () => withSpan("goodbye " + ++made, () => {});`;
  const atExit = `process.on("exit", (code) => console.log(code, made, tracing.dropped)); process.exitCode = 3;`;

  it.each([
    ["before ours", (begin: string, listen: string) => listen + begin],
    ["after ours", (begin: string, listen: string) => begin + listen],
  ])("has them sent where it was there %s, and the process ends though it makes one each time", async (_, order) => {
    const program = goodbye + order(started(), `process.on("beforeExit", goodbye);`) + atExit;
    // the third is made when nothing more is begun, and is counted
    expect(await run(program)).toEqual({ code: 3, signal: undefined, lines: ["3 3 1"], stderr: "" });
    expect(names()).toEqual(["goodbye 1", "goodbye 2"]);
  });

  it.each([
    ["in the listener itself", `() => goodbye()`],
    ["in a promise that it settles", `async () => { await null; await null; goodbye(); }`],
    ["in its next tick", `() => process.nextTick(goodbye)`],
  ])("has the one sent that it makes once, %s", async (_, listener) => {
    const program = `${started()} ${goodbye} process.once("beforeExit", ${listener}); ${atExit}`;
    expect(await run(program)).toEqual({ code: 3, signal: undefined, lines: ["3 1 0"], stderr: "" });
    expect(names()).toEqual(["goodbye 1"]);
  });

  const held = (listen: string) => `
    ${goodbye}
    const flushed = [];
    const held = [];
    let emitted = 0;
    const holding = {
      onStart() {},
      onEnd: (span) => held.push(span.name),
      forceFlush: () => new Promise((resolve) => setTimeout(() => resolve(flushed.push(held.splice(0))), 5)),
      shutdown: async () => {},
    };
    const tracing = startTracing({ spanProcessors: [holding] });
    ${listen}
    process.on("beforeExit", () => { emitted += 1; });
    process.on("exit", (code) => console.log(JSON.stringify({ code, emitted, flushed })));
    process.exitCode = 3;`;

  it.each([
    ["each time", `process.on("beforeExit", goodbye);`, { emitted: 3, flushed: [["goodbye 1"], ["goodbye 2"]] }],
    ["once", `process.once("beforeExit", goodbye);`, { emitted: 2, flushed: [["goodbye 1"]] }],
    ["never", `process.on("beforeExit", () => {});`, { emitted: 1, flushed: [] }],
    ["never, after one before", `goodbye();`, { emitted: 2, flushed: [["goodbye 1"]] }],
  ])("is called as often as there is something to flush: it makes one %s", async (_, listen, seen) => {
    const { code, lines, stderr } = await run(held(listen));
    expect([code, stderr, lines.map((line) => JSON.parse(line))]).toEqual([3, "", [{ code: 3, ...seen }]]);
  });
});
