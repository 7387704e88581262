/**
 * One of the functions that the routers of Express 5 match a mount with, up to router 2.2: the path that it was made of is not kept. Those of
 * paths are path-to-regexp's, called `match`; those of the app's own expressions have another name, and are not tried out: what an expression
 * takes may be endless, and may take for ever.
 */
export type Matcher = (path: string) => Match | false;

export interface Match {
  readonly path: string;
  /** A wildcard's value is a list of segments. */
  readonly params: Readonly<Record<string, string | readonly string[]>>;
}

interface Learned {
  readonly template: string;
  /** Whether what a request consumed is this template's. */
  readonly spelling: RegExp;
}

/** What is known of a matcher: one template for each choice of its path's optional parts. */
interface Known {
  readonly templates: Learned[];
  tries: number;
}

const knownOf = new WeakMap<Matcher, Known>();

const mostTries = 16;
const longestTried = 1024;

/**
 * A mount's template, found by trying out what its matcher takes for a parameter: the path that a request consumed is in the caller's
 * spelling. Where the case does not matter, it is in lower case.
 * @returns undefined where it cannot be known
 */
export function router2MountText(matcher: Matcher, match: Match): string | undefined {
  const consumed = withoutEnd(match.path);
  if (matcher.name !== "match" || consumed.length > longestTried) return undefined;
  const known = knownOf.get(matcher) ?? { templates: [], tries: 0 };
  knownOf.set(matcher, known);
  const learned = known.templates.find(({ spelling }) => spelling.test(consumed));
  if (learned !== undefined || known.tries >= mostTries) return learned?.template;
  known.tries += 1;
  const found = learn(matcher, consumed, Object.keys(match.params));
  if (found !== undefined) known.templates.push(found);
  return found?.template;
}

/** Stands for a parameter's value: of small letters, and in nobody's path. */
const stand = (index: number) => `aiwatchstandsfor${index}x`;

function learn(matcher: Matcher, consumed: string, names: readonly string[]): Learned | undefined {
  const labels = new Map<string, string>();
  let segments = consumed.split("/");
  for (let at = 0; at < segments.length; at += 1) {
    for (const name of names) segments = standIn(matcher, segments, at, name, labels);
  }
  // a parameter that was not found has left its value in the path
  const isFound = (name: string) => [...labels.values()].some((label) => label.slice(1) === name);
  if (!names.every(isFound)) return undefined;
  const lower = segments.join("/").toLowerCase();
  const spelled = takes(matcher, lower) ? lower : segments.join("/");
  return { template: replaceStands(spelled, labels), spelling: spellingOf(spelled, labels) };
}

/** The segments with the parameter's value replaced, where it is in this one: as a whole, or a part of it. */
function standIn(
  matcher: Matcher,
  segments: readonly string[],
  at: number,
  name: string,
  labels: Map<string, string>,
): string[] {
  const segment = segments[at] ?? "";
  const standing = stand(labels.size);
  const value = matched(matcher, segments.join("/"))?.params[name];
  const tried = [
    standing,
    ...replacements(segment, value, standing),
    ...replacements(decoded(segment), value, standing),
  ];
  for (const text of tried) {
    const changed = segments.with(at, text);
    const now = matched(matcher, changed.join("/"))?.params[name];
    const isList = Array.isArray(now);
    if (isList ? !now.includes(standing) : now !== standing) continue;
    labels.set(standing, (isList ? "*" : ":") + name);
    return changed;
  }
  return [...segments];
}

/** The segment with each occurrence of a parameter's value replaced, one at a time. */
function replacements(segment: string, value: Match["params"][string] | undefined, by: string): string[] {
  const texts: string[] = [];
  if (typeof value !== "string" || value === "") return texts;
  for (let start = segment.indexOf(value); start !== -1; start = segment.indexOf(value, start + 1)) {
    texts.push(segment.slice(0, start) + by + segment.slice(start + value.length));
  }
  return texts;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function takes(matcher: Matcher, path: string): boolean {
  const match = matched(matcher, path);
  return match !== undefined && withoutEnd(match.path) === path;
}

function matched(matcher: Matcher, path: string): Match | undefined {
  try {
    return matcher(path) || undefined;
  } catch {
    // a value that cannot be decoded
    return undefined;
  }
}

const stands = /aiwatchstandsfor\d+x/g;

/** A wildcard stands for all its segments. */
function replaceStands(path: string, labels: ReadonlyMap<string, string>): string {
  return path.replace(stands, (standing) => labels.get(standing) ?? standing).replace(/(\*[^/]+)(\/\1)+/g, "$1");
}

function spellingOf(path: string, labels: ReadonlyMap<string, string>): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const template = replaceStands(path, labels);
  const names = [...new Set(labels.values())].sort((a, b) => b.length - a.length).map(literal);
  if (names.length === 0) return new RegExp(`^${literal(template)}$`, "i");
  const parts = template.split(new RegExp(`(${names.join("|")})`));
  const source = parts.map((part, index) => (index % 2 === 0 ? literal(part) : part.startsWith("*") ? ".+" : "[^/]+"));
  return new RegExp(`^${source.join("")}$`, "i");
}

function withoutEnd(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
