import { inTurns } from "../base/in-turns.ts";
import { addUp, type Snapshot } from "./add-up.ts";
import { cumulative } from "./cumulative.ts";

/**
 * What workers counted that are gone. Their successors begin at 0: without it each death would make the cluster's counters fall, which
 * Prometheus takes for a restart of everything, and counts everything again.
 */
export class Departed {
  #snapshots: readonly Snapshot[] = [];
  #compacting: Promise<void> | undefined;

  /** Unchangeable: whoever reads them may take several turns to add them up. */
  get snapshots(): readonly Snapshot[] {
    return this.#snapshots;
  }

  add(snapshot: Snapshot): void {
    this.#snapshots = [...this.#snapshots, cumulative(snapshot)];
    this.#compacting ??= this.#compact().finally(() => {
      this.#compacting = undefined;
    });
  }

  /** A worker that dies again and again takes the place of one. */
  async #compact(): Promise<void> {
    while (this.#snapshots.length > 1) {
      const known = this.#snapshots;
      const one = await inTurns(addUp(known));
      this.#snapshots = [one, ...this.#snapshots.slice(known.length)];
    }
  }
}
