/** What Express 4 keeps of the path that something is mounted on: no text, only the expression that it made of it. */
export interface Express4Mount {
  readonly regexp: RegExp;
  readonly keys: readonly { readonly name: string | number }[];
}

/** A parameter as path-to-regexp 0.1 writes it: a whole segment, or a part of one. */
const parameter = /\(\?:(\\\/)?\((?:\[\^\\?\/\]\+\?|\(\?:\(\?![^)]*\)\.\)\+\?)\)\)\??/g;
const wildcard = /\(\.\*\)/g;
const end = /\\\/\?\(\?=\\\/\|\$\)$/;
/** What older releases put around a list of paths. */
const list = /^\(\?:(\^.*)\)$/;

/**
 * The mount's template, out of its expression: the path that a request consumed is in the caller's spelling, and there is no end to the
 * spellings of `/static` where the case does not matter. An expression that is not made of a path is shown as it is.
 */
export function express4MountText({ regexp, keys }: Express4Mount): string {
  const names = keys.map(({ name }) => name)[Symbol.iterator]();
  const source = list.exec(regexp.source)?.[1] ?? regexp.source;
  const texts = source.split("|^").map((alternative) =>
    alternative
      .replace(/^\^/, "")
      .replace(end, "")
      .replace(parameter, (_, slash) => `${slash === undefined ? "" : "/"}:${names.next().value}`)
      .replace(wildcard, "*")
      .replace(/\\([/.-])/g, "$1"),
  );
  return texts.every((text) => /^[^\\()[\]{}^$+?|]*$/.test(text)) ? texts.join("|") : regexp.source;
}
