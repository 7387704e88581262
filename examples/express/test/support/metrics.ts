/** One sample of the exposition. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metrics {
  readonly text: string;
  /** The sum of the samples of that name that have these labels; undefined when there is none. */
  value(name: string, labels?: Record<string, string>): number | undefined;
  /** All values of one label. */
  labelValues(name: string, label: string): string[];
}

export async function scrape(url: string): Promise<Metrics> {
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  const samples = text.split("\n").flatMap(parse);
  return {
    text,
    value(name, labels = {}) {
      const wanted = Object.entries(labels);
      const found = samples.filter(
        (it) => it.name === name && wanted.every(([key, value]) => it.labels[key] === value),
      );
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
    },
    labelValues: (name, label) => [
      ...new Set(samples.filter((it) => it.name === name).map(({ labels }) => labels[label] ?? "")),
    ],
  };
}

function parse(line: string): Sample[] {
  const match = /^(?<name>[a-zA-Z_:]\w*)(?:\{(?<labels>.*)\})? (?<value>\S+)/.exec(line);
  if (match?.groups === undefined) return [];
  const { name = "", labels = "", value } = match.groups;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text] as const);
  return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
}
