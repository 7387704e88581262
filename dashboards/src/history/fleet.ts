/** What a made history is of. Times are seconds since 1970. */
export interface FleetPlan {
  readonly processes: number;
  /** Each process serves one of so many models. */
  readonly models: number;
  readonly from: number;
  readonly to: number;
  /** Between two scrapes, in seconds. */
  readonly step: number;
}

export interface ServedModel {
  readonly name: string;
  readonly parameters: string;
  readonly bytes: number;
  /** Between two tokens, in seconds, where one sequence is at work. */
  readonly tokenGap: number;
}

const models: readonly ServedModel[] = [
  { name: "qwen3-8b-instruct", parameters: "8190735360", bytes: 5.0e9, tokenGap: 0.022 },
  { name: "gemma-3-4b-it", parameters: "3880099328", bytes: 2.5e9, tokenGap: 0.013 },
  { name: "mistral-small-24b", parameters: "23572403200", bytes: 14.3e9, tokenGap: 0.041 },
  { name: "llama-3.2-3b", parameters: "3212749888", bytes: 2.0e9, tokenGap: 0.01 },
  { name: "phi-4-mini", parameters: "3836021856", bytes: 2.5e9, tokenGap: 0.012 },
];

/** One process of the fleet, and what is odd about it. */
export interface FleetProcess {
  readonly instance: string;
  readonly model: ServedModel;
  /** How much longer it takes than others with its model: 1, but for the slow one. */
  readonly slowness: number;
  /** When it begins anew, besides the deploy. */
  readonly crashes: readonly number[];
  /** When the deploy reaches it. */
  readonly deployedAt: number;
}

/** The second process is slow, the third begins anew every 17 minutes, and a deploy rolls over all of them. */
export function fleetOf({ processes, models: count, from, to }: FleetPlan): FleetProcess[] {
  const span = to - from;
  const deploy = from + 0.3 * span;
  return Array.from({ length: processes }, (_, index) => ({
    instance: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}:8080`,
    model: modelAt(index % count),
    slowness: index === 1 ? 1.8 : 1,
    crashes: index === 2 ? crashesIn(from, to) : [],
    deployedAt: deploy + ((index / processes) * span) / 20,
  }));
}

function modelAt(index: number): ServedModel {
  const model = models[index % models.length] as ServedModel;
  return index < models.length ? model : { ...model, name: `${model.name}-${Math.floor(index / models.length) + 1}` };
}

function crashesIn(from: number, to: number): number[] {
  const every = 17 * 60;
  return Array.from({ length: Math.floor((to - from) / every) }, (_, index) => from + (index + 1) * every);
}

/** How many requests come, where 1 is the mean of a day: most in the afternoon, and in one hour far too many, by day as by night. */
export function loadAt(time: number, { from, to }: Pick<FleetPlan, "from" | "to">): number {
  const ofDay = 1 + 0.4 * Math.sin(2 * Math.PI * (time / 86_400 - 0.375));
  const at = (time - from) / (to - from);
  const rise = Math.min(Math.max(Math.min(at - 0.6, 0.82 - at) / 0.04, 0), 1);
  return ofDay + 2 * rise;
}

/** Repeatable noise between -1 and 1. */
export function noise(seed: number, time: number): number {
  const wave = Math.sin(seed * 12.9898 + time * 0.078233) * 43_758.5453;
  return 2 * (wave - Math.floor(wave)) - 1;
}
