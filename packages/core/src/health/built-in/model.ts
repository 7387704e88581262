import type { ModelBoard } from "../../models/model-board.ts";
import type { ModelReadings } from "../../models/readings.ts";
import { invalidSetting, readSetting } from "../../settings/settings.ts";
import type { CheckOptions, HealthCheck } from "../check.ts";

/** Whether a model is there. Critical unless it is told otherwise: an app without its model can answer nobody. */
export interface ModelCheckOptions extends CheckOptions {
  /** The model that must be there, by the name that its metrics have. @default `AIWATCH_HEALTH_MODEL_NAME`, else any one */
  readonly name?: string;
  /** Says so itself, instead of AIWatch's readings of the models: for engines that it does not know. @default the readings */
  readonly isAlive?: HealthCheck;
}

/**
 * Looks at what AIWatch reads of the models that live here: an instrumented model or context is there until it is disposed or collected. One
 * that somebody else measured (`reportModel`) is there from its first report on: nobody tells its end.
 */
export function modelCheck(host: { readonly models: ModelBoard }, options: ModelCheckOptions): HealthCheck {
  const { isAlive } = options;
  if (isAlive !== undefined) {
    if (typeof isAlive === "function") return isAlive;
    throw invalidSetting("the option health.model.isAlive", isAlive, "a function");
  }
  const variables = ["AIWATCH_HEALTH_MODEL_NAME"];
  const name = readSetting({ option: options.name, variables }, (text) => text, "a model's name");
  if (name !== undefined && typeof name !== "string") {
    throw invalidSetting("the option health.model.name", name, "a model's name");
  }
  return () => {
    const { models } = host;
    const board = models.read();
    const candidates = name === undefined ? board.values() : [board.get(models.nameOf(name)) ?? {}];
    for (const readings of candidates) if (isThere(readings)) return true;
    return { ok: false, detail: name === undefined ? "no model is loaded" : `the model ${name} is not loaded` };
  };
}

/** These are known of a model that once ran an inference, whether it is still there or not. */
const fromInferences = new Set(["tokensPerSecond", "activeInferences", "queuedInferences"]);

function isThere(readings: ModelReadings): boolean {
  return Object.entries(readings).some(([name, value]) => value !== undefined && !fromInferences.has(name));
}
