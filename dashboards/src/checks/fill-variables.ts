/** A variable of a dashboard, as far as a query depends on it. */
export interface BoardVariable {
  readonly name: string;
  readonly type: string;
  readonly query?: unknown;
  readonly allValue?: string;
  readonly current?: { readonly value?: string | readonly string[] };
  readonly options?: readonly { readonly value: string }[];
}

/** What Grafana's own variables stand for while nobody looks at a dashboard. */
export interface Times {
  /** `$__rate_interval`: wide enough for a scrape each minute. @default "5m" */
  readonly rateInterval?: string;
  /** `$__range`, the time that is looked at. @default "1h" */
  readonly range?: string;
}

const anyValue = ".+";

/** As Grafana writes a choice into a PromQL string: escaped for the regular expression, and for the string around it. */
export const escapedForRegex = (value: string) => value.replaceAll(/[\\^$*+?.()[\]{}|]/g, String.raw`\\$&`);

/** The values of a variable whose choices are written in the dashboard: those of a custom variable, in their order. */
export function writtenValues({ type, query, options = [] }: BoardVariable): string[] {
  if (options.length > 0) return options.map(({ value }) => value);
  if (type !== "custom" || typeof query !== "string") return [];
  return query.split(",").map((choice) => choice.split(" : ").at(-1)?.trim() ?? "");
}

/** What a variable stands for when nothing was chosen: all of a label's values, or the value that a custom one begins with. */
function filling(variable: BoardVariable): string {
  if (variable.type === "query") return variable.allValue ?? anyValue;
  const current = [variable.current?.value ?? []].flat()[0];
  if (current === "$__all") return variable.allValue ?? anyValue;
  return current ?? writtenValues(variable)[0] ?? String(variable.query ?? "");
}

/**
 * A panel's query with its variables filled in, as Grafana would send it with every choice on "All".
 *
 * @param chosen values in place of the dashboard's own, ready for the place where they stand
 * @throws where a variable is none of the dashboard's and none of Grafana's
 */
export function fillVariables(
  expression: string,
  variables: readonly BoardVariable[],
  chosen: Readonly<Record<string, string>> = {},
  { rateInterval = "5m", range = "1h" }: Times = {},
): string {
  const values = new Map<string, string>([
    ...variables.map((variable): [string, string] => [variable.name, filling(variable)]),
    ["__rate_interval", rateInterval],
    ["__range", range],
    ["__interval", "1m"],
    ...Object.entries(chosen),
  ]);
  return expression.replaceAll(/\$(?:\{(\w+)(?::\w+)?\}|([A-Za-z_]\w*))/g, (text, braced?: string, plain?: string) => {
    const value = values.get(braced ?? plain ?? "");
    if (value === undefined) throw new Error(`${expression}: the dashboard has no variable ${text}`);
    return value;
  });
}
