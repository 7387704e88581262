import { cutText } from "./errors.ts";

/**
 * Whether `value` can have properties worth reading.
 * @example
 * const usage = isObject(answer) ? Reflect.get(answer, "usage") : undefined;
 */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Follows property names from `value`, as far as there are objects. A getter that throws, throws here, too.
 * @returns `undefined` where one of the names leads nowhere
 * @example
 * valueAt(answer, "usage", "prompt_tokens_details", "cached_tokens");
 */
export function valueAt(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) found = isObject(found) ? Reflect.get(found, name) : undefined;
  return found;
}

/**
 * Leaves out what is unknown: an object without the properties that are `undefined`.
 * @example
 * defined({ contextSize: 4096, batchSize: undefined }); // { contextSize: 4096 }
 */
export function defined<Values extends object>(
  values: {
    readonly [Name in keyof Values]: Values[Name] | undefined;
  },
): { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  const known: Record<string, unknown> = {};
  // several times for each inference: no list of the names is made
  for (const name in values) {
    if (!Object.hasOwn(values, name)) continue;
    const value = values[name];
    if (value !== undefined) known[name] = value;
  }
  return known as { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> };
}

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
