import type { ServedCounts, ServedModel } from "@aiwatch/core/adapter";
import type { Found, Run } from "./server-reading.ts";

type Count = keyof ServedCounts;

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
  add({ runs, isSingle = false }: Found): ServedModel[] {
    const models = new Map<string, ServedModel>();
    for (const run of runs) {
      this.#count(run, isSingle);
      models.set(run.model, withFigures(models.get(run.model), run));
    }
    return Array.from(models.values(), (model) => ({ ...model, ...this.#totalsOf(model.model, runs) }));
  }

  #count({ model, key = model, life, counts }: Run, isSingle: boolean): void {
    if (Object.keys(counts).length === 0) return;
    const isNew = this.#livesOf(key, model).add(life, counts);
    if (!isSingle) return;
    const isRestarted = life === undefined || this.#life === undefined ? isNew : life !== this.#life;
    this.#restarts = (this.#restarts ?? 0) + (isRestarted ? 1 : 0);
    this.#life = life;
  }

  /** What the model's runs tell now, with all that any of its runs has counted: one that has ended meanwhile takes nothing away. */
  #totalsOf(model: string, runs: readonly Run[]): ServedCounts {
    const told = new Set(
      runs.flatMap((run) => (run.model === model ? countsIn(run.counts) : [])).map(([name]) => name),
    );
    const lives = [...this.#runs.values()].filter((each) => each.model === model);
    const totals = Array.from(told, (name) => [name, lives.reduce((sum, each) => sum + each.total(name), 0)]);
    return Object.fromEntries(totals);
  }

  #livesOf(key: string, model: string): RunLives {
    const lives = this.#runs.get(key) ?? new RunLives(model);
    // the newest last
    this.#runs.delete(key);
    this.#runs.set(key, lives);
    for (const oldest of this.#runs.keys()) if (this.#runs.size > mostRuns) this.#runs.delete(oldest);
    return lives;
  }
}

/** What one run counted in the lives that ended, and in the present one. */
class RunLives {
  readonly model: string;
  readonly #ended = new Map<Count, number>();
  readonly #present = new Map<Count, number>();
  #life: string | undefined;

  constructor(model: string) {
    this.model = model;
  }

  /** @returns whether it has begun anew */
  add(life: string | undefined, counts: ServedCounts): boolean {
    const isNew = this.#isNew(life, counts);
    if (isNew) {
      for (const [name] of this.#present) this.#ended.set(name, this.total(name));
      this.#present.clear();
    }
    // in one life nothing falls: what seems to is a slip of the server's
    for (const [name, count] of countsIn(counts))
      this.#present.set(name, Math.max(this.#present.get(name) ?? 0, count));
    this.#life = life;
    return isNew;
  }

  total(name: Count): number {
    return (this.#ended.get(name) ?? 0) + (this.#present.get(name) ?? 0);
  }

  #isNew(life: string | undefined, counts: ServedCounts): boolean {
    if (life !== undefined && this.#life !== undefined) return life !== this.#life;
    return countsIn(counts).some(([name, count]) => count < (this.#present.get(name) ?? 0));
  }
}

function countsIn(counts: ServedCounts): [Count, number][] {
  return Object.entries(counts) as [Count, number][];
}

/** Several runs of a model as one: their slots and what waits are added up. */
function withFigures(known: ServedModel | undefined, { model, figures }: Run): ServedModel {
  const sums = (["activeSlots", "deferredRequests"] as const).flatMap((name) => {
    const [one, other] = [known?.[name], figures[name]];
    return one === undefined || other === undefined ? [] : [[name, one + other] as const];
  });
  return { ...known, ...figures, ...Object.fromEntries(sums), model };
}
