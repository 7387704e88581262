import { expect, it } from "vitest";
import { clusterSuite } from "../suites.ts";
import { describeBuilds } from "./builds.ts";
import { Tester } from "./tester.ts";

const { title } = clusterSuite;
const { name = "" } = clusterSuite.tests[0] ?? {};

describeBuilds(async ({ node, bundle }) => {
  const file = await bundle("test-support/built/child.ts");
  const newTester = () => new Tester(node.program, file);
  const { signal } = new AbortController();

  it("fails where there is no such test, and goes on", async () => {
    const tester = newTester();
    await expect(tester.run({ title, name: "none" }, signal)).rejects.toThrow('there is no "none" of joinCluster');
    await tester.run({ title, name }, signal);
    await tester.close();
  });

  it("fails where a test takes too long, or its process dies, and has a new process for the next one", async () => {
    const tester = newTester();
    await tester.about();
    const late = new AbortController();
    const run = tester.run({ title: "the door of Fastify", name: "waits for a client that reads slowly" }, late.signal);
    setImmediate(() => late.abort());
    await expect(run).rejects.toThrow("ended with SIGKILL");
    await tester.run({ title, name }, signal);
    await tester.close();
  });
});
