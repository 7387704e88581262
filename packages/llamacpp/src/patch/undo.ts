/** Takes something back. Calling it twice does no harm. */
export type Undo = () => void;

/** Does what it stands for at the first call, and nothing at the others. */
export function once(action: () => void): Undo {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

/** Takes all of it back, the last first, and leaves the list empty. */
export function undoAll(undos: Undo[]): void {
  for (const undo of undos.splice(0).reverse()) undo();
}
