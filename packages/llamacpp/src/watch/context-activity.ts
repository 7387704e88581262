import { isObject } from "../received.ts";
import { sharedState } from "../state.ts";

/** How many observed operations a context is evaluating at the moment. */
export interface ContextActivity {
  running: number;
}

export function contextActivityOf(context: unknown): ContextActivity {
  if (!isObject(context)) return { running: 0 };
  const { activities } = sharedState();
  const known = activities.get(context);
  if (known !== undefined) return known;
  const activity: ContextActivity = { running: 0 };
  activities.set(context, activity);
  return activity;
}
