import { defaultOf } from "./default-instance.ts";
import { createDiagnostics, type Diagnostics } from "./diagnostics.ts";

/** Where there is no instance, nobody counts, and the first fault is a process warning all the same. */
const uncounted = createDiagnostics(() => {});

/** Where calls that belong to no instance report their faults: the default one's diagnostics. */
export function defaultDiagnostics(): Diagnostics {
  return defaultOf<{ readonly diagnostics: Diagnostics }>().instance?.diagnostics ?? uncounted;
}
