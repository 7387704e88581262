import { runDue } from "../base/after-turn.ts";
import { AiwatchError } from "../base/errors.ts";
import { type Closer, sharedClosers } from "../base/process-wide.ts";
import { withTimeout } from "../base/time.ts";

/** Of every instance that has put something off. */
const open = new Set<LastActions>();
let listensForExit = false;

/** What is put off for a moment, until its instance is closed or the process exits at the latest. */
export class LastActions {
  readonly #actions = new Set<() => void>();

  /** @param action must not throw. @returns removes it */
  add(action: () => void): () => void {
    this.#actions.add(action);
    open.add(this);
    listenForExit();
    return () => {
      this.#actions.delete(action);
      if (this.#actions.size === 0) open.delete(this);
    };
  }

  run(): void {
    const actions = [...this.#actions];
    this.#actions.clear();
    open.delete(this);
    for (const action of actions) action();
  }
}

function listenForExit(): void {
  if (listensForExit) return;
  listensForExit = true;
  // first: what reports at the exit counts what ends now
  process.prependListener("exit", () => {
    // an app can emit the event by itself, and live on
    if (Reflect.get(process, "_exiting") === false) return;
    for (const actions of [...open]) actions.run();
  });
}

/** What is used of an instance that takes over, of whatever release it is. */
interface ClosingHost {
  readonly closers: Set<Closer>;
  endsAtLast(end: () => void): () => void;
}

/** What `close()` of one instance runs, each once. */
export class Closing {
  /** One that stood in shares those of the app's own instance. */
  closers = new Set<Closer>();
  readonly lastActions = new LastActions();

  /** @returns removes it */
  add(closer: Closer): () => void {
    this.closers.add(closer);
    return () => this.closers.delete(closer);
  }

  /** Closes with another instance, from now on. */
  joinTo(other: ClosingHost): void {
    for (const closer of this.closers) other.closers.add(closer);
    this.closers = other.closers;
    other.endsAtLast(() => this.lastActions.run());
  }

  /** Never rejects. @param failed a closer threw, or did not end in time */
  async run(timeoutMs: number, failed: (error: unknown) => void): Promise<void> {
    this.lastActions.run();
    runDue();
    const closers = [...this.closers, ...sharedClosers()];
    this.closers.clear();
    await Promise.all(
      closers.map(async (closer) => {
        try {
          await withTimeout(closer, { ms: timeoutMs, late: () => failLate(timeoutMs), keepsAlive: true });
        } catch (error) {
          failed(error);
        }
      }),
    );
  }
}

function failLate(timeoutMs: number): never {
  throw new AiwatchError(
    "AIWATCH_CLOSE_TIMEOUT",
    `a function of onClose(), or an observer, did not close within ${timeoutMs} ms; the option closeTimeoutMs gives it longer`,
  );
}
