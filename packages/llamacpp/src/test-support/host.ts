/** What tests look at behind an instance, as core itself sees it. */
export { hostOf } from "../../../core/src/aiwatch/aiwatch.ts";
