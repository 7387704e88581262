import {
  FieldColorBuilder,
  FieldColorModeId,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";

interface Colorable {
  colorScheme(color: FieldColorBuilder): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
}

/** Values at which a number changes its meaning, ascending, with the colour from there on, and the colour below the first. */
export interface Limits {
  readonly below: string;
  readonly steps: readonly { readonly from: number; readonly color: string }[];
}

export function thresholds({ below, steps }: Limits): ThresholdsConfigBuilder {
  const all: Threshold[] = [{ value: null, color: below }, ...steps.map(({ from, color }) => ({ value: from, color }))];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(all);
}

/** Colours by limits where there are some. Without, a number has no good or bad: one neutral colour, not Grafana's red from 80 on. */
export function color<Builder extends Colorable>(builder: Builder, neutral: string, limits?: Limits): Builder {
  const scheme = new FieldColorBuilder();
  if (limits !== undefined)
    return builder.colorScheme(scheme.mode(FieldColorModeId.Thresholds)).thresholds(thresholds(limits));
  const plain = thresholds({ below: neutral, steps: [] });
  return builder.colorScheme(scheme.mode(FieldColorModeId.Fixed).fixedColor(neutral)).thresholds(plain);
}
