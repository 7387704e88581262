import type { AlertRule, HttpApi } from "./http-api.ts";

/** Between two evaluations, in seconds. */
const evaluation = 30;

/**
 * The alerts as they would have stood at a moment, if the rules had been evaluated over what is known before it. A Prometheus itself tells
 * of now alone, and knows nothing of a history that it was given.
 */
export async function alertsAt(api: HttpApi, moment: number): Promise<AlertRule[]> {
  const rules = await api.alertRules();
  const alerts: AlertRule[] = [];
  for (const rule of rules) alerts.push(await alertAt(rule, api, moment));
  return alerts;
}

async function alertAt(rule: AlertRule, api: HttpApi, moment: number): Promise<AlertRule> {
  const { name, query, duration = 0 } = rule;
  const now = await api.instant(query, moment);
  const steps = Math.floor(duration / evaluation);
  const span = { from: moment - steps * evaluation, to: moment };
  const before = steps === 0 || now.length === 0 ? now : await api.range(query, span, evaluation);
  const lasting = new Set(before.filter(({ samples }) => samples.length > steps).map(({ labels }) => keyOf(labels)));
  const alerts = now.map(({ labels }) => ({
    labels: { ...labels, ...rule.labels, alertname: name },
    annotations: {},
    state: lasting.has(keyOf(labels)) ? "firing" : "pending",
    activeAt: new Date(moment * 1000).toISOString(),
  }));
  const isFiring = alerts.some(({ state }) => state === "firing");
  const state = isFiring ? "firing" : alerts.length > 0 ? "pending" : "inactive";
  return { name, query, duration, state, alerts };
}

const keyOf = (labels: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(labels).sort());
