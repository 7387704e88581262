import type { IncomingMessage } from "node:http";
import { type Aiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { sendJson } from "../routes/answer.ts";
import { type DiagnosticsRoute, type HandlerOptions, type RouteHandler, routeHandler } from "../routes/handlers.ts";
import { diagnosticsOf } from "./answer.ts";

export type { DiagnosticsRoute } from "../routes/handlers.ts";
export type {
  CopyFacts,
  DiagnosticsAnswer,
  DoorFacts,
  FaultFacts,
  PackageCopy,
  PackageFacts,
  ProcessFacts,
  ReadingFacts,
  RegistryFacts,
  SettingFacts,
} from "./schema.ts";

/**
 * Serves `GET /metrics/diagnostics` at a door, to whoever `authorize` lets in: the settings and where each came from, doors, adapters, copies of
 * packages, versions, and the latest faults. What may hold a secret is hidden. It tells of the whole process, whichever instance the door has.
 * @example app.use(aiwatchExpress(aiwatch, { diagnostics: diagnosticsRoute(), authorize: (req, route) => route !== "diagnostics" || isAdmin(req) }));
 */
export function diagnosticsRoute(): DiagnosticsRoute {
  return {
    open(aiwatch) {
      const host = hostOf(aiwatch as Aiwatch);
      return async function diagnostics(_req, res) {
        sendJson(res, 200, await diagnosticsOf(host));
      };
    },
  };
}

/** Options of the diagnostics as a handler: nobody reads them without `authorize`. */
export interface DiagnosticsHandlerOptions
  extends Omit<HandlerOptions, "authorize" | "public" | "reports" | "diagnostics"> {
  /** Who may read them: `true` lets in, everything else is answered 403. */
  readonly authorize: (req: IncomingMessage, route: "diagnostics") => boolean | Promise<boolean>;
}

/**
 * The same as a handler, for a route or a port of your own.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` without `authorize`, and for an option that cannot be used
 * @example app.get("/admin/aiwatch", diagnosticsHandler(aiwatch, { authorize: isAdmin }));
 */
export function diagnosticsHandler(aiwatch: Aiwatch, options: DiagnosticsHandlerOptions): RouteHandler {
  const { authorize, ...others } = options ?? {};
  return routeHandler(aiwatch, "diagnostics", {
    ...others,
    ...(authorize !== undefined && { authorize: authorize as NonNullable<HandlerOptions["authorize"]> }),
    diagnostics: diagnosticsRoute(),
  });
}
