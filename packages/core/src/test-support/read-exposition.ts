/** One line of an exposition, read by the formats' grammar alone. */
export interface ReadLine {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The text before the value, as a parser takes it for the series' name. */
  readonly series: string;
}

const sample =
  /^(?<series>(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>(?:[a-zA-Z_]\w*="(?:[^"\\]|\\[\\"n])*",?)*)\})?) (?<rest>.+)$/s;
const pair = /([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"/gs;

/**
 * The samples of an exposition as whoever scrapes it gets it: through UTF-8, line by line.
 * @throws for a line that the grammar does not have, and for text that UTF-8 cannot write
 */
export function readExposition(text: string): readonly ReadLine[] {
  const received = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text));
  if (received !== text) throw new Error("the text is another one behind UTF-8");
  const lines = received.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map(readLine);
}

function readLine(line: string): ReadLine {
  const groups = sample.exec(line)?.groups;
  if (groups === undefined) throw new Error(`not a sample: ${line}`);
  const { series = "", name = "", labels = "", rest = "" } = groups;
  const pairs = Array.from(labels.matchAll(pair), ([, label = "", value = ""]) => [label, unescaped(value)] as const);
  const [value = ""] = rest.split(" ");
  return { name, labels: Object.fromEntries(pairs), value: Number(value.replace("Inf", "Infinity")), series };
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}
