import { interleave, type Random, type Round, seededRandom, shuffled } from "../measure/pairs.ts";
import { type Estimate, estimateMedian } from "../measure/statistics.ts";
import { startChild } from "../processes/child-process.ts";
import type { Benchmark, Settings } from "../report/table.ts";
import { estimateTexts } from "../report/table.ts";
import type { SessionTook } from "../tasks/engine-tasks.ts";

/** The second bare one is the control: it differs from the first in nothing. */
const subjects = ["bare", "control", "observed"] as const;

type Subject = (typeof subjects)[number];
type SessionRound = Round<Subject, SessionTook>;

/** As long as an answer usually is. */
const tokens = 256;
const warmUpRounds = 6;

/** How many inferences the observing code has behind it: none, as in a process that was just started, and as in one that serves. */
const ages = { "just started": 0, warm: 20_000 } as const;

type Figures = Record<keyof typeof comparisons, { readonly observed: Estimate; readonly control: Estimate }>;

/** How much longer a prompt of a real session takes when it is observed. */
export const sessionRatio: Benchmark = async (settings) => {
  const random = seededRandom(settings.seed);
  const rows: string[][] = [];
  const figures: Record<string, unknown> = { tokens };
  for (const [age, before] of Object.entries(ages)) {
    const rounds = await measureRounds(settings, random, before);
    assertSameWork(rounds);
    const compared = figuresOf(rounds, random);
    rows.push(...rowsOf(age, compared));
    figures[age] = { rounds: rounds.length, ...compared };
  }
  return {
    title: "What observing adds to a real session",
    method:
      `llama.cpp on one CPU thread with the tiny model: the same prompt and ${tokens} tokens of answer, with metrics and a sampled span ` +
      "against bare, in interleaved rounds: in processes that were just started, and in such that observed " +
      `${ages.warm} inferences of the synthetic engine before. Medians over the rounds, 95 % intervals; the control compares bare with bare.`,
    tables: [{ columns: ["", "observed", "95 %", "goal", "control", "95 %"], rows }],
    figures,
  };
};

function figuresOf(rounds: readonly SessionRound[], random: Random): Figures {
  return Object.fromEntries(
    Object.entries(comparisons).map(([name, compare]) => [
      name,
      {
        observed: compared("observed", rounds, compare, random),
        control: compared("control", rounds, compare, random),
      },
    ]),
  ) as Figures;
}

function rowsOf(age: string, figures: Figures): string[][] {
  return [
    rowOf(`${age}: CPU time, over bare`, figures.cpuRatio, 4, "< 1.01"),
    rowOf(`${age}: wall time, over bare`, figures.wallRatio, 4, ""),
    rowOf(`${age}: added on the main thread, µs a prompt`, figures.mainAddedMicros, 0, ""),
    rowOf(`${age}: the same, over all CPU time of a bare prompt`, figures.mainAddedRatio, 4, "< 0.01"),
  ];
}

type Compare = (subject: SessionTook, bare: SessionTook) => number;

/**
 * The engine's own threads take most of the time and all the more of the noise; what observing does, it does on the main thread. So its
 * difference alone is the sharper figure.
 */
const comparisons = {
  cpuRatio: (subject, bare) => subject.cpuMicros / bare.cpuMicros,
  wallRatio: (subject, bare) => subject.wallMicros / bare.wallMicros,
  mainAddedMicros: (subject, bare) => subject.mainMicros - bare.mainMicros,
  mainAddedRatio: (subject, bare) => (subject.mainMicros - bare.mainMicros) / bare.cpuMicros,
} as const satisfies Readonly<Record<string, Compare>>;

function compared(subject: Subject, rounds: readonly SessionRound[], compare: Compare, random: Random): Estimate {
  return estimateMedian(
    rounds.map((round) => compare(round[subject], round.bare)),
    random,
  );
}

/** Fresh processes, and other sessions in them, so that no one layout of the memory decides. */
async function measureRounds({ quick, progress }: Settings, random: Random, before: number): Promise<SessionRound[]> {
  const processes = quick ? 1 : 5;
  const measured: SessionRound[] = [];
  for (let process = 0; process < processes; process += 1) {
    progress(`session-ratio: process ${process + 1} of ${processes}`);
    const places = shuffled(subjects, random);
    const observed = places.indexOf("observed");
    const child = await startChild("session", { sessions: places.length, observed, before });
    const block = (subject: Subject) => child.ask({ session: places.indexOf(subject), tokens });
    await interleave(subjects, warmUpRounds, random, block);
    measured.push(...(await interleave(subjects, quick ? 12 : 45, random, block)));
    await child.stop();
  }
  return measured;
}

function assertSameWork(rounds: readonly SessionRound[]): void {
  const texts = new Set(rounds.flatMap((round) => subjects.map((subject) => round[subject].text)));
  if (texts.size !== 1) throw new Error(`the prompts were answered in ${texts.size} ways: their times do not compare`);
}

function rowOf(
  name: string,
  { observed, control }: { readonly observed: Estimate; readonly control: Estimate },
  decimals: number,
  goal: string,
): string[] {
  return [name, ...estimateTexts(observed, decimals), goal, ...estimateTexts(control, decimals)];
}
