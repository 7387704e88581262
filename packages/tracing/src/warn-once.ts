/** Tells of the first fault of a kind by a process warning. The error's message may hold content and is left out. */
export function warnOnce(what: string): (error: unknown) => void {
  let told = false;
  return (error) => {
    if (told) return;
    told = true;
    const name = error instanceof Error ? error.name : typeof error;
    process.emitWarning(`${what} failed: ${name}. AIWatch caught it.`, {
      type: "AiwatchWarning",
      code: "AIWATCH_FAULT",
    });
  };
}
