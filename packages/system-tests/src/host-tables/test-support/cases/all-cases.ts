import type { ExchangeCase } from "../exchange-case.ts";
import { bodyCases, requestBodyCases, strictCases, unroutedCases } from "./bodies.ts";
import { pipeliningCases, turningCases } from "./connections.ts";
import { breakingCases, leavingCases } from "./endings.ts";
import { handsOffCases } from "./hands-off.ts";
import { answerCases, headCases, wrapperCases } from "./heads.ts";
import { interimCases } from "./interim.ts";

/** Every exchange that is played: each where it makes sense. */
export const allCases: readonly ExchangeCase[] = [
  ...headCases,
  ...answerCases,
  ...wrapperCases,
  ...bodyCases,
  ...requestBodyCases,
  ...strictCases,
  ...unroutedCases,
  ...interimCases,
  ...pipeliningCases,
  ...turningCases,
  ...leavingCases,
  ...breakingCases,
  ...handsOffCases,
];
