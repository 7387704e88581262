import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import {
  type ClusterApp,
  impatient,
  type Member,
  type RunningCluster,
  startCluster,
  type WorkerKind,
  workerKinds,
} from "./start-cluster.ts";

const jobs = "app_jobs_total";
const doors = ["worker", "express", "fastify"];
const contextSize = 'genai_app_llamacpp_context_size{model="tiny"}';
const output = 'genai_app_chat_tokens_total{direction="output",model="tiny"}';
const debt = 'genai_app_token_debt{model="tiny",kind="output"}';
const got = 'genai_app_first_token_waits_total{model="tiny",outcome="got"}';
const workersThat = (state: string) => `genai_app_cluster_workers{state="${state}"}`;

/** Until what is looked at is so: a process that dies is heard of a little later. */
async function untilIn(member: Member, isSo: (samples: ReadonlyMap<string, number>) => boolean) {
  for (;;) {
    const samples = await member.samples();
    if (isSo(samples)) return samples;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What the members of a cluster answer together, be its workers processes or threads. */
export function describeCluster(app: ClusterApp): void {
  for (const kind of workerKinds) describeClusterOf(app, kind);
  describeThreadsOfProcesses(app);
}

function describeClusterOf(app: ClusterApp, kind: WorkerKind): void {
  describe(`a cluster of ${kind.name}`, () => {
    const running: RunningCluster[] = [];
    afterEach(async () => {
      await Promise.all(running.splice(0).map(({ process }) => process.stop("SIGKILL")));
    });

    async function clusterOf(workers: number, env?: Record<string, string | undefined>): Promise<RunningCluster> {
      const cluster = await startCluster(app, workers, { ...kind.env, ...env });
      running.push(cluster);
      return cluster;
    }

    it("one /metrics adds all workers up as each metric says, whoever is asked", async () => {
      const { process: main, primary, worker } = await clusterOf(2);
      const [one, two] = [await worker(0), await worker(1)];
      await one.get("/set?n=2");
      await two.get("/set?n=4&trace=0af7651916cd43dd8448eb211c80319c");
      for (const member of [primary, one, two]) {
        const samples = await member.samples();
        const told = (name: string) => samples.get(name);
        // ours: counts and sizes are added, of ratios and windows the largest
        expect(told('genai_app_chat_tokens_total{direction="output",model="tiny"}')).toBe(6);
        expect(told('genai_app_inferences_total{model="tiny",operation="chat",finish_reason="stop"}')).toBe(2);
        expect(told('genai_app_output_tokens_bucket{model="tiny",le="4"}')).toBe(2);
        expect(told('genai_app_output_tokens_sum{model="tiny"}')).toBe(6);
        expect(told('genai_app_model_memory_bytes{model="tiny"}')).toBe(6000);
        expect(told('genai_app_llamacpp_kv_cache_usage_ratio{model="tiny"}')).toBe(0.4);
        expect(told(contextSize)).toBe(400);
        // begun at 0 in each of them: what none has had yet is there, too
        expect(told('genai_app_request_outcomes_total{outcome="failed"}')).toBe(0);
        // the app's own, by prom-client's rules; the primary has them too, at 0
        expect(told(jobs)).toBe(6);
        expect(told('app_job_seconds_bucket{le="1"}')).toBe(2);
        expect(told("app_size")).toBe(6);
        expect(told("app_load")).toBe(2);
        expect(told("app_largest")).toBe(4);
        expect(told("app_version")).toBe(undefined);
        // and what the app made with us, as each definition says; the primary has no gauge of it: nothing was set there
        expect([told('app_files_total{kind="pdf"}'), told('app_files_total{kind="image"}')]).toEqual([6, 0]);
        expect([told('app_file_seconds_bucket{le="1"}'), told("app_file_seconds_count")]).toEqual([2, 2]);
        const files = ["sum", "max", "min", "average", "omit"].map((rule) => told(`app_files_${rule}_now`));
        expect(files).toEqual([6, 4, 2, 3, undefined]);
        expect([told(workersThat("answered")), told(workersThat("silent"))]).toEqual([2, 0]);
        expect(main.stdout.filter((line) => line.startsWith("foreign"))).toEqual([]);
        const open = await (await member.get("/metrics", "application/openmetrics-text")).text();
        expect(open).toMatch(
          /first_token_latency_seconds_bucket\{model="traced",le="5.0"\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c"/,
        );
      }
    });

    it("a worker that is killed is gone from the gauges, and what it counted stays", async () => {
      const running = await clusterOf(2);
      const { primary, worker } = running;
      const [one, two] = [await worker(0), await worker(1)];
      await one.get("/set?n=1");
      await two.get("/set?n=4");
      expect((await primary.samples()).get(contextSize)).toBe(400);
      await kind.kill(two, running);
      const after = await untilIn(primary, (samples) => samples.get(workersThat("answered")) === 1);
      expect([after.get(contextSize), after.get("app_size"), after.get("app_largest")]).toEqual([100, 1, 1]);
      expect([after.get(jobs), after.get("app_job_seconds_count")]).toEqual([5, 2]);
      expect(after.get('genai_app_output_tokens_sum{model="tiny"}')).toBe(5);

      await primary.get("/fork");
      await (await worker(2)).get("/set?n=3");
      expect((await primary.samples()).get(jobs)).toBe(8);
      await kind.kill(one, running);
      const last = await untilIn(primary, (samples) => samples.get(workersThat("answered")) === 1);
      expect([last.get(jobs), last.get(contextSize)]).toEqual([8, 300]);
    });

    it("a worker that closes hands over what it counted since the last scrape", async () => {
      const running = await clusterOf(1);
      const { primary, worker } = running;
      const one = await worker(0);
      await one.get("/set?n=1");
      await primary.samples();
      await one.get("/set?n=2");
      await one.get("/close");
      await kind.kill(one, running);
      const after = await untilIn(primary, (samples) => samples.get(workersThat("answered")) === 0);
      expect([after.get(jobs), after.get(contextSize), after.get(workersThat("silent"))]).toEqual([3, undefined, 0]);
    });

    it.each(["other", "same"])(
      "a worker that closes and begins anew on the %s registry counts on",
      async (registry) => {
        const { process: main, primary, worker } = await clusterOf(2);
        const one = await worker(0);
        await one.get("/set?n=2");
        await (await worker(1)).get("/set?n=4");
        expect((await primary.samples()).get(output)).toBe(6);
        expect(await primary.summary()).toMatchObject({ tokensGenerated: 6, inferences: { stop: 2 } });
        await one.get("/set?n=5");
        for (const again of [1, 2]) {
          await one.get(`/again?on=${registry}`);
          const samples = await primary.samples();
          expect([samples.get(output), samples.get(jobs)]).toEqual([11 + 3 * again, 11]);
          expect([samples.get(workersThat("answered")), samples.get(workersThat("silent"))]).toEqual([2, 0]);
          // a summary is of the last second
          await sleep(1000);
          const inferences = { stop: 3 + again };
          expect(await primary.summary()).toMatchObject({ tokensGenerated: 11 + 3 * again, inferences });
        }
        expect(main.stdout.filter((line) => line.startsWith("fault"))).toEqual([]);
      },
    );

    it("answers under way count in everybody's, and what a worker owes it pays itself", async () => {
      const running = await clusterOf(2);
      const { primary, worker } = running;
      const [one, two] = [await worker(0), await worker(1)];
      const told = async (member = primary) => {
        const samples = await member.samples();
        return [output, debt, got].map((series) => samples.get(series));
      };
      await one.get("/begin?n=5");
      expect(await told()).toEqual([5, undefined, 1]);
      expect(await told(two)).toEqual([5, undefined, 1]);
      await one.get("/end?n=2");
      expect(await told()).toEqual([5, 3, 1]);
      await two.get("/begin?n=4");
      expect(await told()).toEqual([9, 3, 2]);
      await one.get("/begin?n=2");
      expect(await told()).toEqual([9, 1, 3]);
      await one.get("/begin?n=2");
      expect(await told()).toEqual([10, undefined, 4]);
      // in the midst of its answer: what it was last heard of with stays
      await kind.kill(two, running);
      const after = await untilIn(primary, (samples) => samples.get(workersThat("answered")) === 1);
      expect([after.get(output), after.get(got)]).toEqual([10, 4]);
    });

    it("a worker that hangs costs a scrape its timeout and no counter, and the answer says so", async () => {
      const running = await clusterOf(2, impatient);
      const { process: main, primary, worker } = running;
      const [one, two] = [await worker(0), await worker(1)];
      await one.get("/set?n=1");
      await two.get("/set?n=4");
      await primary.samples();
      await kind.hang(two, running);
      await one.get("/set?n=1");
      const began = performance.now();
      for (const member of [primary, one]) {
        const samples = await untilIn(member, (all) => all.get(workersThat("answered")) === 1);
        expect(samples.get(workersThat("silent"))).toBe(1);
        expect([samples.get(jobs), samples.get(contextSize)]).toEqual([6, 100]);
      }
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(main.stdout).toContain("fault asking a worker for its metrics");
      await kind.resume(two, running);
      const again = await untilIn(primary, (samples) => samples.get(workersThat("silent")) === 0);
      expect([again.get(jobs), again.get(contextSize)]).toEqual([6, 400]);
    });

    it("a worker whose primary did not join refuses to pass its own counters off as everybody's, through every door", async () => {
      const { process: main, worker } = await clusterOf(1, {
        ...impatient,
        PRIMARY_JOINS: undefined,
        ALL_DOORS: "yes",
      });
      const refusals = doors.map(async (door) => {
        const response = await (await worker(0, door)).get("/metrics");
        return [response.status, await response.json()];
      });
      const error = `the cluster's ${kind.parent} did not answer: call joinCluster() in it too`;
      expect(await Promise.all(refusals)).toEqual(doors.map(() => [503, { error }]));
      expect(main.stdout).toContain(`fault asking the ${kind.parent} for the cluster's metrics`);
    });
  });
}

function describeThreadsOfProcesses(app: ClusterApp): void {
  describe("a cluster of processes that have threads", () => {
    it("is one, and a mean over it is that of all its members", async () => {
      const cluster = await startCluster(app, 2, { THREADS_OF_EACH: "1" });
      try {
        const processes = [await cluster.worker(0), await cluster.worker(1)];
        const threads = [await cluster.worker(0, "thread"), await cluster.worker(1, "thread")];
        for (const [index, member] of [...processes, ...threads].entries()) await member.get(`/set?n=${index + 1}`);
        for (const member of [cluster.primary, ...processes, ...threads]) {
          const samples = await untilIn(member, (all) => all.get(workersThat("answered")) === 4);
          expect([samples.get(jobs), samples.get("app_largest"), samples.get(contextSize)]).toEqual([10, 4, 400]);
          // the primary's is 0
          expect([samples.get("app_load"), samples.get("app_files_average_now")]).toEqual([2, 2.5]);
        }
        expect(cluster.process.stdout.filter((line) => /^(foreign|fault)/.test(line))).toEqual([]);
      } finally {
        await cluster.process.stop("SIGKILL");
      }
    });

    it("says that the threads of a process that hangs are silent with it, and that a thread is that hangs alone", async () => {
      const cluster = await startCluster(app, 2, { THREADS_OF_EACH: "1", ...impatient });
      try {
        const { primary } = cluster;
        const [one, two] = [await cluster.worker(0), await cluster.worker(1)];
        const threads = [await cluster.worker(0, "thread"), await cluster.worker(1, "thread")];
        for (const member of [one, two, ...threads]) await member.get("/set?n=1");
        const says = async (answered: number, silent: number) => {
          const samples = await untilIn(primary, (all) => all.get(workersThat("silent")) === silent);
          expect([samples.get(workersThat("answered")), samples.get(jobs)]).toEqual([answered, 4]);
          await expect
            .poll(async () => [(await primary.summary()).cluster, (await primary.chats()).cluster])
            .toEqual(Array(2).fill({ answered, silent }));
        };
        await says(4, 0);
        process.kill(two.pid, "SIGSTOP");
        await says(2, 2);
        process.kill(two.pid, "SIGCONT");
        await says(4, 0);
        // the first thread of each process has the same number
        await one.get(`/hang?id=${threads[0]?.pid}`);
        await says(3, 1);
        await one.get(`/resume?id=${threads[0]?.pid}`);
        await says(4, 0);
      } finally {
        await cluster.process.stop("SIGKILL");
      }
    });
  });
}
