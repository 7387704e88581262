import type { Feature } from "../feature.ts";
import { chatFeatures } from "./chat-features.ts";
import { decisionFeatures } from "./decision-features.ts";
import { engineFeatures } from "./engine-features.ts";
import { lifeFeatures } from "./life-features.ts";
import { sessionFeatures } from "./session-features.ts";
import { vectorFeatures } from "./vector-features.ts";

export const features: readonly Feature[] = [
  ...sessionFeatures,
  ...chatFeatures,
  ...vectorFeatures,
  ...engineFeatures,
  ...decisionFeatures,
  ...lifeFeatures,
];
