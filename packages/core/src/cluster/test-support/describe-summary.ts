import { afterEach, describe, expect, it } from "vitest";
import type { ChatEntry, ChatOutcome, SummaryAnswer } from "../../summary/schema.ts";
import {
  type ClusterApp,
  impatient,
  type Member,
  type RunningCluster,
  startCluster,
  type WorkerKind,
  workerKinds,
} from "./start-cluster.ts";

/** An answer is of the last second. */
async function until<Answer>(ask: () => Promise<Answer>, isSo: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const play = async (member: Member, ends: Partial<Record<ChatOutcome, number>>) => {
  for (const [end, count] of Object.entries(ends))
    for (let chat = 0; chat < count; chat += 1) await member.get(`/chat?end=${end}`);
};

const outcomes = { answered: 5, refused: 1, left: 0, failed: 2, aborted: 1 };
const chats = 9;

/** The chats of both workers are those of `outcomes`, and one of the second goes on. */
async function playBoth(one: Member, two: Member): Promise<void> {
  await play(one, { answered: 3, refused: 1, failed: 1 });
  await play(two, { answered: 2, failed: 1, aborted: 1 });
  await two.get("/begin?n=2");
}

/** By the definition: the least value that a share of all is not above. */
function quantileOf(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] as number;
}

/** What the members of a cluster say of their chats together, be its workers processes or threads. */
export function describeClusterSummary(app: ClusterApp): void {
  for (const kind of workerKinds) describeSummaryOf(app, kind);
  describeOnceASecond(app);
  it("the summary of a cluster of processes that have threads is of them all", async () => {
    const cluster = await startCluster(app, 2, { THREADS_OF_EACH: "1" });
    try {
      const members = [await cluster.worker(0), await cluster.worker(1)];
      members.push(await cluster.worker(0, "thread"), await cluster.worker(1, "thread"));
      for (const member of members) await play(member, { answered: 1 });
      for (const member of [cluster.primary, ...members]) {
        const { window, totals, cluster } = await until(member.summary, (all) => all.totals.chats === 4);
        expect([window.answered, totals.answered, cluster]).toEqual([4, 4, { answered: 4, silent: 0 }]);
        const list = await until(member.chats, (all) => all.cluster?.answered === 4);
        expect(list.chats.filter((chat) => chat.outcome === "answered")).toHaveLength(4);
      }
    } finally {
      await cluster.process.stop("SIGKILL");
    }
  });
  it("a live stream of one worker shows the chats of all, of a thread too, and asks for them once a second", async () => {
    const cluster = await startCluster(app, 2, { THREADS_OF_EACH: "1" });
    try {
      const [one, two] = [await cluster.worker(0), await cluster.worker(1)];
      const thread = await cluster.worker(1, "thread");
      const stream = await one.live();
      await stream.until(({ summary }) => summary.cluster?.answered === 4);
      for (const member of [one, two, thread]) await play(member, { answered: 1, failed: 1 });
      await thread.get("/begin?n=3");
      const { summary, chats } = await stream.until(
        (live) => live.summary.totals.chats === 6 && live.summary.now.chats === 1 && live.chats.chats.length === 7,
      );
      expect(summary).toMatchObject({ totals: { answered: 3, failed: 3 }, window: { answered: 3, failed: 3 } });
      expect(chats).toMatchObject({ underWay: 1, cluster: { answered: 4, silent: 0 } });
      expect(chats.chats[0]).toMatchObject({ phase: "decode", outputTokens: 3 });
      expect(new Set(chats.chats.map(({ key }) => key)).size).toBe(7);
      await thread.get("/end?n=3");
      await stream.until((live) => live.summary.totals.answered === 4 && live.chats.underWay === 0);
      const ticks = stream.reader.events
        .slice(1)
        .map(({ event, data }) => [event, "elapsedMs" in data && data.elapsedMs > 900]);
      expect(ticks).toEqual(ticks.map(() => ["tick", true]));
      stream.close();
    } finally {
      await cluster.process.stop("SIGKILL");
    }
  });
}

const asked = async (member: Member) => (await (await member.get("/asked")).json()) as { [subject: string]: number };

/** As pages do that poll, many at once. */
async function pollOnce(members: readonly Member[]): Promise<void> {
  const polls = Array.from({ length: 34 }, () => members.flatMap(({ summary, chats }) => [summary(), chats()]));
  await Promise.all(polls.flat());
}

function describeOnceASecond(app: ClusterApp): void {
  it("a worker is asked for its summary and its chats once a second, however many pages and streams of all members ask", async () => {
    const cluster = await startCluster(app, 2);
    try {
      const [one, two] = [await cluster.worker(0), await cluster.worker(1)];
      const members = [cluster.primary, one, two];
      const began = performance.now();
      const streams = await Promise.all(members.flatMap((member) => Array.from({ length: 10 }, () => member.live())));
      while (performance.now() - began < 3000) await pollOnce(members);
      const seconds = (performance.now() - began) / 1000;
      for (const worker of [one, two]) {
        const { summary = 0, chats = 0 } = await asked(worker);
        for (const times of [summary, chats]) {
          expect(times).toBeGreaterThan(1);
          expect(times).toBeLessThanOrEqual(seconds + 1);
        }
      }
      for (const stream of streams) stream.close();
    } finally {
      await cluster.process.stop("SIGKILL");
    }
  });
}

function describeSummaryOf(app: ClusterApp, kind: WorkerKind): void {
  describe(`the summary of a cluster of ${kind.name}`, () => {
    const running: RunningCluster[] = [];
    afterEach(async () => {
      await Promise.all(running.splice(0).map(({ process }) => process.stop("SIGKILL")));
    });

    async function clusterOf(workers: number, env?: Record<string, string | undefined>) {
      const cluster = await startCluster(app, workers, { ...kind.env, ...env });
      running.push(cluster);
      return cluster;
    }

    it("has the chats of all workers, whoever is asked, and so has the list", async () => {
      const { primary, worker, process: main } = await clusterOf(2);
      const [one, two] = [await worker(0), await worker(1)];
      await playBoth(one, two);
      for (const member of [primary, one, two]) {
        const summary = await until(member.summary, ({ now, totals }) => totals.chats === chats && now.chats === 1);
        expect(summary).toMatchObject({
          window: { chats, ...outcomes, errorRate: 3 / 9 },
          totals: { chats, ...outcomes },
          now: { chats: 1, active: 1, queued: 0, inLine: 0, idleSeconds: 0 },
          inferences: { stop: 5, error: 2, aborted: 1 },
          cluster: { answered: 2, silent: 0 },
          // every chat but the refused one has two tokens
          tokensGenerated: 2 * chats,
        });
        const list = await until(member.chats, (all) => all.chats.length === chats + 1 && all.underWay === 1);
        expect(list.cluster).toEqual({ answered: 2, silent: 0 });
        expectQuantiles(summary, list.chats);
        const ended = list.chats.slice(1).map(({ endedMsAgo }) => endedMsAgo);
        expect([list.chats[0]?.phase, ended]).toEqual(["decode", ended.toSorted((a, b) => a! - b!)]);
      }
      expect(main.stdout.filter((line) => /^(foreign|fault)/.test(line))).toEqual([]);
    });

    it("keeps what a worker counted that was killed, or that closed", async () => {
      const running = await clusterOf(2);
      const { primary, worker } = running;
      const [one, two] = [await worker(0), await worker(1)];
      await playBoth(one, two);
      await until(primary.summary, ({ totals, now }) => totals.chats === chats && now.chats === 1);
      await kind.kill(two, running);
      const after = await until(primary.summary, ({ cluster }) => cluster?.answered === 1);
      const counted = { window: { chats, ...outcomes }, totals: { chats, ...outcomes } };
      expect(after).toMatchObject({ ...counted, now: { chats: 0, active: 0 }, cluster: { answered: 1, silent: 0 } });

      await play(one, { answered: 1 });
      await one.get("/close");
      await kind.kill(one, running);
      const last = await until(primary.summary, ({ cluster }) => cluster?.answered === 0);
      const all = { chats: chats + 1, answered: outcomes.answered + 1 };
      expect(last).toMatchObject({ window: all, totals: all, cluster: { answered: 0, silent: 0 } });
    });

    it("says that a worker is silent, and has what that had counted and nothing of what goes on there", async () => {
      const running = await clusterOf(2, impatient);
      const { primary, worker } = running;
      const [one, two] = [await worker(0), await worker(1)];
      await playBoth(one, two);
      await until(primary.summary, ({ totals, now }) => totals.chats === chats && now.chats === 1);
      await kind.hang(two, running);
      const silent = await until(primary.summary, ({ cluster }) => cluster?.silent === 1);
      expect(silent).toMatchObject({ window: { chats, ...outcomes }, now: { chats: 0 } });
      expect(silent.cluster).toEqual({ answered: 1, silent: 1 });
      const list = await until(one.chats, ({ cluster }) => cluster?.silent === 1);
      expect([list.underWay, list.chats.length]).toEqual([0, 5]);
      await kind.resume(two, running);
      await until(one.summary, ({ cluster, now }) => cluster?.silent === 0 && now.chats === 1);
    });

    it("is refused by a worker whose parent did not join", async () => {
      const { worker } = await clusterOf(1, { ...impatient, PRIMARY_JOINS: undefined });
      const { get } = await worker(0);
      const error = `the cluster's ${kind.parent} did not answer: call joinCluster() in it too`;
      for (const path of ["/metrics/summary", "/metrics/chats"]) {
        const response = await get(path);
        expect([response.status, await response.json()]).toEqual([503, { error }]);
      }
    });
  });
}

/** Each within 2.5 % of that of the chats' own figures. */
function expectQuantiles({ window }: SummaryAnswer, entries: readonly ChatEntry[]): void {
  for (const name of ["firstTokenMs", "queueMs"] as const) {
    const all = entries.flatMap(({ [name]: ms }) => ms ?? []);
    for (const [quantile, share] of [
      ["p50", 0.5],
      ["p95", 0.95],
    ] as const) {
      const exact = quantileOf(all, share);
      expect(Math.abs((window[name][quantile] as number) - exact)).toBeLessThanOrEqual(0.025 * exact);
    }
  }
}
