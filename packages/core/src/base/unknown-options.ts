import { cutText } from "./errors.ts";

/** What was told of already: an app may make as many instances, doors and clients as it likes. */
const told = new Set<string>();

/**
 * Warns of options that nobody reads, each once in a process: they are misspelt, or another function's. It is no error, since an app may hand over an
 * object that has more than the options.
 * @param of what the options are of, such as `createAiwatch()`
 * @param known the options that there are
 * @example warnOfUnknownOptions("createAiwatch()", { serviceName: "chat-api" }, ["service", "registry"]);
 */
export function warnOfUnknownOptions(of: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    const kind = `${of} ${name}`;
    if (known.includes(name) || told.has(kind) || told.size >= 100) continue;
    told.add(kind);
    const message = `${of} has no option ${JSON.stringify(cutText(name, 80))}, which does nothing: its options are ${known.join(", ")}.`;
    process.emitWarning(message, { type: "AiwatchWarning", code: "AIWATCH_UNKNOWN_OPTION" });
  }
}
