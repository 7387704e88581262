/** A media type with its parameters, in lower case. */
interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What an `Accept` header says of a type that is offered. */
interface Preference {
  readonly offer: string;
  readonly quality: number;
  /** How closely the range names the type: its own parameters most, any type least. */
  readonly closeness: number;
  /** The range's place in the header. */
  readonly place: number;
}

/**
 * The media type that an `Accept` header prefers among `offers`, the earlier offer where it prefers none (RFC 9110, 12.5.1).
 * By hand, since a library for all kinds of negotiation weighs as much as the two formats.
 * @returns undefined where it accepts none of them
 */
export function preferredType(accept: string, offers: readonly string[]): string | undefined {
  // commas and semicolons inside of quotes separate nothing
  const ranges = (accept.match(/(?:[^,"]|"(?:\\.|[^"\\])*"?)+/g) ?? []).map(parseType);
  const preferences = offers.map((offer) => preferenceFor(offer, ranges)).filter(({ quality }) => quality > 0);
  preferences.sort((a, b) => b.quality - a.quality || b.closeness - a.closeness || a.place - b.place);
  return preferences[0]?.offer;
}

/** The closest range decides: `text/plain;q=0` refuses what a wildcard behind it accepts. */
function preferenceFor(offer: string, ranges: readonly MediaType[]): Preference {
  const type = parseType(offer);
  let best: Preference = { offer, quality: 0, closeness: -1, place: -1 };
  for (const [place, range] of ranges.entries()) {
    const closeness = closenessOf(range, type);
    if (closeness === undefined) continue;
    const quality = Number.parseFloat(range.parameters.get("q") ?? "1");
    if ((closeness - best.closeness || quality - best.quality || place - best.place) > 0)
      best = { offer, quality, closeness, place };
  }
  return best;
}

function closenessOf(range: MediaType, { type, subtype, parameters }: MediaType): number | undefined {
  if (range.type !== type && range.type !== "*") return undefined;
  if (range.subtype !== subtype && range.subtype !== "*") return undefined;
  const wanted = [...range.parameters].filter(([name]) => name !== "q");
  if (!wanted.every(([name, value]) => value === "*" || value === (parameters.get(name) ?? ""))) return undefined;
  return (range.type === type ? 4 : 0) + (range.subtype === subtype ? 2 : 0) + (wanted.length > 0 ? 1 : 0);
}

function parseType(text: string): MediaType {
  const [full = "", ...rest] = text.toLowerCase().match(/(?:[^;"]|"(?:\\.|[^"\\])*"?)+/g) ?? [];
  const [type = "", subtype = ""] = full.trim().split("/");
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const [name = "", value = ""] = parameter.split(/=(.*)/s);
    // the first of a name counts, as in content-type and negotiator
    if (!parameters.has(name.trim())) parameters.set(name.trim(), value.trim().replace(/^"(.*)"$/s, "$1"));
  }
  return { type, subtype, parameters };
}
