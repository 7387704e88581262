const hour = 3600;

interface Past {
  /** `name{labels}` */
  readonly series: string;
  readonly hours: number;
  readonly stepSeconds: number;
  readonly valueAt: (secondsAgo: number) => number;
}

/** Samples up to now, as OpenMetrics. */
export function historyOf(pasts: readonly Past[]): string {
  const now = Math.floor(Date.now() / 1000);
  const lines = pasts.flatMap(({ series, hours, stepSeconds, valueAt }) =>
    Array.from({ length: Math.floor((hours * hour) / stepSeconds) }, (_, index) => {
      const ago = hours * hour - index * stepSeconds;
      return `${series} ${valueAt(ago)} ${now - ago}\n`;
    }),
  );
  const names = new Set(pasts.map(({ series }) => series.replace(/\{.*/, "")));
  const types = [...names].map((name) => [name, `# TYPE ${name} gauge\n`] as const);
  // a family's lines stand together
  const families = types.map(([name, type]) => type + lines.filter((line) => line.startsWith(`${name}{`)).join(""));
  return `${families.join("")}# EOF\n`;
}
