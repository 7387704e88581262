import type { ExchangeCase } from "../exchange-case.ts";
import { bodyCases, requestBodyCases, strictCases, unroutedCases } from "./bodies.ts";
import { pipeliningCases, turningCases } from "./connections.ts";
import { breakingCases, leavingCases } from "./endings.ts";
import { expressCases, fastifyCases } from "./frameworks.ts";
import { handsOffCases } from "./hands-off.ts";
import { answerCases, headCases, wrapperCases } from "./heads.ts";
import { honoCases } from "./hono.ts";
import { http2Cases } from "./http2.ts";
import { interimCases } from "./interim.ts";
import { proxyCases } from "./proxies.ts";

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
  ...proxyCases,
  ...http2Cases,
  ...expressCases,
  ...fastifyCases,
  ...honoCases,
];
