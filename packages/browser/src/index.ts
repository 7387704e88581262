export type { Answer, AnswerOutcome } from "./answers.ts";
export type { Reporter, ReporterOptions, Vitals } from "./reporter.ts";
export { startReporter } from "./reporter.ts";
