/** How the collector is while an app sends its spans there. */
export const states = ["healthy", "killed", "hanging", "slow", "refusing"] as const;

export type State = (typeof states)[number];
