/** Those of each instance, while there are some. */
const open = new Set<LastActions>();
let heedsExit = false;

/** What is put off for a moment, and not for longer than until its instance is closed or the process exits. */
export class LastActions {
  readonly #actions = new Set<() => void>();

  /** @param action must not throw. @returns takes it away again */
  add(action: () => void): () => void {
    this.#actions.add(action);
    open.add(this);
    heedExit();
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

function heedExit(): void {
  if (heedsExit) return;
  heedsExit = true;
  // first: who reports at the exit is to know of what ends now
  process.prependListener("exit", () => {
    // an app can emit the event by itself, and live on
    if (Reflect.get(process, "_exiting") === false) return;
    for (const actions of [...open]) actions.run();
  });
}
