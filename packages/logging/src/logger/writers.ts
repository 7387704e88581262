/** Makes JSON of a value, as pino wants it: `undefined` for what is left out. */
export type Writer = (value: unknown) => string | undefined;

/** pino's `stringifiersSym`: how the values of a name are written. */
export type Writers = Record<string | symbol, Writer | undefined>;

/** Names can come from outside: so many writers are kept, of names that are not longer than this. */
const maxKept = 2_000;
const maxLength = 80;

/** A writer for every name, each made when pino first looks it up. */
export function keepWriters(make: (name: string) => Writer): Writers {
  let count = 0;
  const forget = () => {
    for (const name of Object.keys(kept)) delete kept[name];
    count = 0;
  };
  const kept: Writers = Object.create(
    new Proxy(Object.create(null), {
      get: (_, name) => {
        if (typeof name !== "string") return undefined;
        const writer = make(name);
        if (name.length > maxLength) return writer;
        if (count >= maxKept) forget();
        count += 1;
        kept[name] = writer;
        return writer;
      },
    }),
  );
  return kept;
}
