import type { ServedCounts, ServedModel } from "@aiwatch/core/adapter";
import type { Found, Run } from "./server-reading.ts";

type Counts = Partial<Record<keyof ServedCounts, number>>;

/** Names of runs that are kept: a server can name anything. */
const mostRuns = 200;

/** What a server counted over all its lives that were seen: it begins at 0 whenever it is restarted, and these counts go on. */
export class ServerLives {
  readonly #runs = new Map<string, RunLives>();
  #restarts: number | undefined;
  /** The life of the server with one model, which may serve another one after a restart. */
  #life: string | undefined;

  /** Restarts that were found; undefined where nobody can tell. */
  get restarts(): number | undefined {
    return this.#restarts;
  }

  /** @returns the models with all that they counted */
  add(found: Found): ServedModel[] {
    const models = found.runs.map((run) => this.#addRun(run, found.isSingle === true));
    return mergeModels(models);
  }

  #addRun(run: Run, isServer: boolean): ServedModel {
    const { model, key = model, life, counts, figures } = run;
    const lives = this.#livesOf(key);
    const isNew = lives.add(life, counts);
    if (isServer && Object.keys(counts).length > 0) this.#serverCounted(life, isNew);
    return { model, ...figures, ...lives.total(counts) };
  }

  #serverCounted(life: string | undefined, isNew: boolean): void {
    const isRestarted = life === undefined || this.#life === undefined ? isNew : life !== this.#life;
    this.#restarts = (this.#restarts ?? 0) + (isRestarted ? 1 : 0);
    this.#life = life;
  }

  #livesOf(key: string): RunLives {
    const lives = this.#runs.get(key) ?? new RunLives();
    // the newest last
    this.#runs.delete(key);
    this.#runs.set(key, lives);
    for (const oldest of this.#runs.keys()) if (this.#runs.size > mostRuns) this.#runs.delete(oldest);
    return lives;
  }
}

/** What one run counted in the lives that ended, and in the present one. */
class RunLives {
  readonly #ended: Counts = {};
  #present: Counts = {};
  #life: string | undefined;

  /** @returns whether it has begun anew */
  add(life: string | undefined, counts: ServedCounts): boolean {
    const isNew = this.#isNew(life, counts);
    if (isNew) {
      for (const [name, count] of entriesOf(this.#present)) this.#ended[name] = (this.#ended[name] ?? 0) + count;
      this.#present = {};
    }
    // in one life nothing falls: what seems to is a slip of the server's
    for (const [name, count] of entriesOf(counts)) this.#present[name] = Math.max(this.#present[name] ?? 0, count);
    if (entriesOf(counts).length > 0) this.#life = life;
    return isNew;
  }

  /** Of all lives, what the present one tells. */
  total(counts: ServedCounts): ServedCounts {
    const totals = entriesOf(counts).map(([name]) => [name, (this.#ended[name] ?? 0) + (this.#present[name] ?? 0)]);
    return Object.fromEntries(totals);
  }

  #isNew(life: string | undefined, counts: ServedCounts): boolean {
    if (entriesOf(counts).length === 0) return false;
    if (life !== undefined && this.#life !== undefined) return life !== this.#life;
    return entriesOf(counts).some(([name, count]) => count < (this.#present[name] ?? 0));
  }
}

function entriesOf(counts: ServedCounts): [keyof ServedCounts, number][] {
  return Object.entries(counts) as [keyof ServedCounts, number][];
}

/** Several runs of a model as one: their counts and slots are added up. */
function mergeModels(models: readonly ServedModel[]): ServedModel[] {
  const merged = new Map<string, ServedModel>();
  for (const model of models) merged.set(model.model, sumOf(merged.get(model.model), model));
  return [...merged.values()];
}

const added = [
  "activeSlots",
  "deferredRequests",
  "promptEvalTokens",
  "cachedPromptTokens",
  "promptEvalSeconds",
  "outputTokens",
  "decodeSeconds",
  "decodes",
] as const satisfies readonly (keyof ServedModel)[];

function sumOf(one: ServedModel | undefined, other: ServedModel): ServedModel {
  if (one === undefined) return other;
  const sums = added.flatMap((name) => {
    const [a, b] = [one[name], other[name]];
    return a === undefined || b === undefined ? [] : [[name, a + b] as const];
  });
  return { ...one, ...other, ...Object.fromEntries(sums) };
}
