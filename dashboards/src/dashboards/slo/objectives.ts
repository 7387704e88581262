import type { Slo } from "../../rules/recorded.ts";

/** What each objective is about, in a reader's words. */
export const objectives: Readonly<Record<Slo, { readonly title: string; readonly bad: string }>> = {
  first_token: {
    title: "First token",
    bad: "first tokens that came later after their request's arrival than the rules allow",
  },
  tpot: { title: "Token pace", bad: "answers whose tokens took longer each than the rules allow" },
  inference_errors: {
    title: "Inferences",
    bad: "inferences that failed; those that their callers called off are not judged",
  },
  http_errors: { title: "HTTP", bad: "requests that failed; the Model variable does not filter them" },
};

export const eachObjective = Object.entries(objectives) as [Slo, (typeof objectives)[Slo]][];
