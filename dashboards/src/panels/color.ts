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

/** Values at which a number changes its meaning, ascending, with the colour from there on; below the first it is green. */
export type Limits = readonly { readonly from: number; readonly color: string }[];

const steps = (base: string, limits: Limits): ThresholdsConfigBuilder => {
  const all: Threshold[] = [{ value: null, color: base }, ...limits.map(({ from, color }) => ({ value: from, color }))];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(all);
};

/** Colours by limits where there are some. Without, a number has no good or bad: one neutral colour, not Grafana's red from 80 on. */
export function color<Builder extends Colorable>(builder: Builder, limits: Limits, neutral: string): Builder {
  const scheme = new FieldColorBuilder();
  if (limits.length > 0)
    return builder.colorScheme(scheme.mode(FieldColorModeId.Thresholds)).thresholds(steps("green", limits));
  return builder.colorScheme(scheme.mode(FieldColorModeId.Fixed).fixedColor(neutral)).thresholds(steps(neutral, []));
}
