import type { DetectorName, ResourceSettings } from "../settings/resource.ts";
import type { Sdk } from "./load-sdk.ts";

const exported: Readonly<Record<DetectorName, string>> = {
  env: "envDetector",
  host: "hostDetector",
  os: "osDetector",
  process: "processDetector",
  serviceinstance: "serviceInstanceIdDetector",
};

/** The SDK lets a later detector win: the options' own attributes come last. */
export function resourceDetectors(sdk: Pick<Sdk, "detector">, { detectors, attributes }: ResourceSettings): unknown[] {
  const chosen = detectors.map((name) => sdk.detector(exported[name])).filter((detector) => detector !== undefined);
  return [...chosen, { detect: () => ({ attributes }) }];
}
