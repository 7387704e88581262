import type { IncomingMessage, ServerResponse } from "node:http";
import { type Aiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { invalidArgument } from "../base/errors.ts";
import { answerModels, answerReadiness } from "../compat/go-routes.ts";
import { type Answer, HttpError, isHttpError, sendHttpError, sendJson } from "./answer.ts";
import { AppAnswers } from "./app-answer.ts";
import { type AllowedOrigins, CrossOrigin } from "./cross-origin.ts";
import { answerChats, answerHealth, answerLivez, answerReadyz, answerSummary } from "./json-answers.ts";
import { answerMetrics } from "./metrics.ts";
import { checkOptionNames } from "./option-names.ts";
import { leaveBody } from "./unread-body.ts";

export type RouteName =
  | "metrics"
  | "summary"
  | "chats"
  | "live"
  | "diagnostics"
  | "models"
  | "health"
  | "readiness"
  | "livez"
  | "readyz"
  | "log"
  | "error"
  | "browser";

/** Answers one request in Express, in plain `node:http`, or with any framework's raw pair. Never rejects. */
export type RouteHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** The same, with the request as `authorize` gets it. */
export type RouteAnswer<Request> = (req: IncomingMessage, res: ServerResponse, request: Request) => Promise<void>;

/** The routes that take what browsers report. */
export type ReportName = "log" | "error" | "browser";

/** One of them, at one door. */
export interface ReportRoute {
  readonly answer: Answer;
  /** @param authorize asks the app. @throws HttpError where the report is not taken */
  admit(req: IncomingMessage, authorize: (req: IncomingMessage) => Promise<void>): Promise<void>;
}

/** What `clientReports()` of `@aiwatch/core/reports` makes. */
export interface ClientReports {
  /** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no instance */
  open(aiwatch: object, name: ReportName): ReportRoute;
}

/** What `diagnosticsRoute()` of `@aiwatch/core/diagnostics` makes. */
export interface DiagnosticsRoute {
  /** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no instance */
  open(aiwatch: object): Answer;
}

/** Answers a reader of the chats. @param isKnown whether it is told more than phases and times */
export type ChatsAnswer = (res: ServerResponse, isKnown: boolean, req: IncomingMessage) => Promise<void>;

/** What `liveStream()` of `@aiwatch/core/live` makes. */
export interface LiveStream {
  /** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no instance */
  open(aiwatch: object): ChatsAnswer;
}

export interface HandlerOptions<Request = IncomingMessage> {
  /**
   * Who may use the route: `true` lets in, everything else is answered 403, an object or a text included. What it throws is reported and
   * answered 500. It has no time limit: a request that it never decides on stays open, as behind a middleware of the app's own. The limit of
   * reports for each client holds before it is asked.
   * @default everyone
   */
  readonly authorize?: (req: Request, route: RouteName) => boolean | Promise<boolean>;
  /**
   * Whether everybody may read the list of chats: who is not authorized is told phases and times alone, and neither ids nor models. Without it the
   * routes `chats` and `live` need `authorize`. It opens no other route.
   * @default false
   */
  readonly public?: boolean;
  /**
   * Origins whose pages may read the JSON routes and post to `browser`, `log` and `error`, such as `https://app.example`. `"*"` is everybody's: any page
   * that one of your users visits reads them then, though never with the user's cookies. `metrics` is for scrapers, and stays closed.
   * @default none but the server's own
   */
  readonly allowedOrigins?: AllowedOrigins;
  /**
   * What serves `browser`, `log` and `error`: `clientReports()` of `@aiwatch/core/reports`. It is no part of what is loaded without it.
   * @default none of them is served
   */
  readonly reports?: ClientReports;
  /**
   * What serves `diagnostics`: `diagnosticsRoute()` of `@aiwatch/core/diagnostics`, with `authorize` beside it. It is no part of what is loaded
   * without it.
   * @default the route is not served
   */
  readonly diagnostics?: DiagnosticsRoute;
  /**
   * What serves `live`: `liveStream()` of `@aiwatch/core/live`, with `authorize` or `public: true` beside it, since the chats are in it. It is no
   * part of what is loaded without it.
   * @default the route is not served
   */
  readonly live?: LiveStream;
}

/** Where a route is, and whether it is served where nobody says so: always, where the option that serves it is given, or never. */
interface RouteDefault {
  readonly path: string;
  readonly on?: true;
  readonly by?: keyof typeof makers;
}

export const routeDefaults: Readonly<Record<RouteName, RouteDefault>> = {
  metrics: { path: "/metrics", on: true },
  summary: { path: "/metrics/summary", on: true },
  health: { path: "/health", on: true },
  readiness: { path: "/readiness", on: true },
  livez: { path: "/livez", on: true },
  readyz: { path: "/readyz", on: true },
  chats: { path: "/metrics/chats" },
  models: { path: "/models" },
  diagnostics: { path: "/metrics/diagnostics", by: "diagnostics" },
  live: { path: "/metrics/live", by: "live" },
  log: { path: "/metrics/log", by: "reports" },
  error: { path: "/metrics/error", by: "reports" },
  browser: { path: "/aiwatch/browser", by: "reports" },
};

/** Whether a route takes what browsers report: by POST, and no other method. */
export function isReportName(name: RouteName): name is ReportName {
  return routeDefaults[name].by === "reports";
}

/**
 * `GET /metrics` as a handler, for a server or a port of its own.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an option that cannot be used
 * @example createServer(metricsHandler(aiwatch)).listen(9090);
 */
export function metricsHandler(aiwatch: Aiwatch, options?: HandlerOptions): RouteHandler {
  return routeHandler(aiwatch, "metrics", options);
}

/**
 * Any of AIWatch's routes as a handler, wherever you serve it.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a name that is none of a route, and for an option that cannot be used
 * @example app.get("/models", routeHandler(aiwatch, "models", { allowedOrigins: ["http://localhost:3000"] }));
 */
export function routeHandler(aiwatch: Aiwatch, name: RouteName, options: HandlerOptions = {}): RouteHandler {
  checkRouteName(name);
  checkOptionNames(options);
  return handlerOf(createHandler(hostOf(aiwatch), name, options));
}

function handlerOf(answer: RouteAnswer<IncomingMessage>): RouteHandler {
  return (req, res) => answer(req, res, req);
}

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no route's name */
export function checkRouteName(name: unknown): void {
  if (typeof name !== "string" || !Object.hasOwn(routeDefaults, name))
    throw invalidArgument("the route", name, `one of ${Object.keys(routeDefaults).join(", ")}`);
}

/** Who of other origins may use a route. @returns undefined where nobody may */
export function crossOriginOf(
  name: RouteName,
  { allowedOrigins = [] }: HandlerOptions<never>,
): CrossOrigin | undefined {
  const crossOrigin = new CrossOrigin(allowedOrigins, isReportName(name) ? "POST" : "GET, HEAD");
  return name === "metrics" || !crossOrigin.isOpen ? undefined : crossOrigin;
}

/**
 * Authorises, answers, and turns every error into an answer.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an `allowedOrigins`, an `authorize`, a `public` or a `reports` that cannot be
 *   used, for `chats` and `live` with neither `authorize` nor `public: true`, and for `diagnostics` without `authorize`
 */
export function createHandler<Request = IncomingMessage>(
  aiwatch: AiwatchHost,
  name: RouteName,
  options: HandlerOptions<Request> = {},
): RouteAnswer<Request> {
  // one that stands in may come to be enabled or disabled: it is asked at each request
  if (aiwatch.standsIn) {
    const route = createRoute(aiwatch, name, options);
    return (req, res, request) => (aiwatch.disabled ? refuseDisabled(req, res) : route(req, res, request));
  }
  return aiwatch.disabled ? refuseDisabled : createRoute(aiwatch, name, options);
}

const refuseDisabled: RouteHandler = async (_req, res) => refuse(res, new HttpError(404, "AIWatch is disabled"));

function createRoute<Request>(
  aiwatch: AiwatchHost,
  name: RouteName,
  options: HandlerOptions<Request>,
): RouteAnswer<Request> {
  const answer = isReportName(name) ? reportRoute(aiwatch, name, options) : getRoute(aiwatch, name, options);
  const crossOrigin = crossOriginOf(name, options);
  return async function aiwatchRoute(req, res, request) {
    try {
      if (req.method !== "POST" || !isReportName(name)) await leaveBody(req, res);
      if (crossOrigin?.admit(req, res)) return;
      await answer(req, res, request);
    } catch (error) {
      await leaveBody(req, res, isHttpError(error) && error.status === 408);
      if (isHttpError(error)) refuse(res, error);
      else fail(aiwatch, name, res, error);
    }
  };
}

function getRoute<Request>(
  aiwatch: AiwatchHost,
  name: Exclude<RouteName, ReportName>,
  options: HandlerOptions<Request>,
): RouteAnswer<Request> {
  if (name === "chats" || name === "live") return chatsRoute(aiwatch, name, options);
  const authorize = authorization(aiwatch, name, options);
  const answer = name === "diagnostics" ? openDiagnostics(aiwatch, options) : answerOf(aiwatch, name);
  return async function answerAuthorized(req, res, request) {
    await authorize(request);
    await answer(req, res);
  };
}

/** Who is not authorized may read less, where the list is public. */
function chatsRoute<Request>(
  aiwatch: AiwatchHost,
  name: "chats" | "live",
  options: HandlerOptions<Request>,
): RouteAnswer<Request> {
  const { authorize, public: isPublic = false, live } = options;
  if (typeof isPublic !== "boolean") throw invalidArgument("public", isPublic, "true or false");
  if (authorize === undefined && !isPublic)
    throw invalidArgument("the route", name, "the option authorize, or public: true, beside it");
  const mayKnow = authorizer(aiwatch, name, options);
  const answer = name === "chats" ? answerChats(aiwatch) : openServed(aiwatch, name, name, live);
  return async function answerChatsTo(req, res, request) {
    const isKnown = authorize !== undefined && (await mayKnow(request));
    if (!isKnown && !isPublic) throw notAllowed();
    await answer(res, isKnown, req);
  };
}

/** They name paths and settings: nobody gets them by default. */
function openDiagnostics<Request>(aiwatch: AiwatchHost, { authorize, diagnostics }: HandlerOptions<Request>): Answer {
  const answer = openServed(aiwatch, "diagnostics", "diagnostics", diagnostics);
  if (authorize === undefined) throw invalidArgument("the route", "diagnostics", "the option authorize beside it");
  return answer;
}

/** @param given the option that serves the route */
function openServed<Name extends RouteName, Opened>(
  aiwatch: AiwatchHost,
  name: Name,
  option: keyof typeof makers,
  given: { open(aiwatch: object, name: Name): Opened } | undefined,
): Opened {
  checkServed("the route", name, option, given);
  return given.open(aiwatch, name);
}

function reportRoute<Request>(
  aiwatch: AiwatchHost,
  name: ReportName,
  options: HandlerOptions<Request>,
): RouteAnswer<Request> {
  const { answer, admit } = openServed(aiwatch, name, "reports", options.reports);
  const authorize = authorization(aiwatch, name, options);
  return async function takeReport(req, res, request) {
    if (req.method !== "POST") throw new HttpError(405, "only POST is allowed here", { allow: "POST" });
    await admit(req, () => authorize(request));
    await answer(req, res);
  };
}

/** What makes the options that serve routes whose code is not loaded without them: each in the entry of the option's name. */
const makers = { reports: "clientReports", diagnostics: "diagnosticsRoute", live: "liveStream" };

/**
 * @param what is to be served, and its `value`, for the message
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` where the option does not serve it, or is what its maker never made
 */
export function checkServed(
  what: string,
  value: unknown,
  option: keyof typeof makers,
  given: unknown,
): asserts given is object {
  const made = `${makers[option]}() of @aiwatch/core/${option}`;
  if (given === undefined) throw invalidArgument(what, value, `the option ${option}: ${made} beside it`);
  const isUsable = typeof given === "object" && given !== null && "open" in given && typeof given.open === "function";
  if (!isUsable) throw invalidArgument(option, given, `what ${made} returns`);
}

/** Throws the `HttpError` for whoever may not use the route. */
function authorization<Request>(
  aiwatch: AiwatchHost,
  name: RouteName,
  options: HandlerOptions<Request>,
): (request: Request) => Promise<void> {
  const isAuthorized = authorizer(aiwatch, name, options);
  return async function authorizeReader(request) {
    if (!(await isAuthorized(request))) throw notAllowed();
  };
}

/** Asks the app. Everybody is authorized where it has nothing to say. */
function authorizer<Request>(
  aiwatch: AiwatchHost,
  name: RouteName,
  { authorize }: HandlerOptions<Request>,
): (request: Request) => Promise<boolean> {
  if (authorize !== undefined && typeof authorize !== "function")
    throw invalidArgument("authorize", authorize, "a function");
  const answers = new AppAnswers(aiwatch.diagnostics);
  return async function isAuthorized(request) {
    return authorize === undefined || answers.isTrue("the option authorize", await authorize(request, name));
  };
}

function notAllowed(): HttpError {
  return new HttpError(403, "not allowed");
}

function answerOf(
  aiwatch: AiwatchHost,
  name: Exclude<RouteName, ReportName | "chats" | "live" | "diagnostics">,
): Answer {
  switch (name) {
    case "metrics":
      return answerMetrics(aiwatch);
    case "summary":
      return answerSummary(aiwatch);
    case "models":
      return answerModels(aiwatch);
    case "health":
      return answerHealth(aiwatch);
    case "readiness":
      return answerReadiness(aiwatch);
    case "livez":
      return answerLivez;
    case "readyz":
      return answerReadyz(aiwatch);
    default:
      return name satisfies never;
  }
}

function refuse(res: ServerResponse, error: HttpError): void {
  if (res.headersSent) breakOff(res);
  else sendHttpError(res, error);
}

function fail(aiwatch: AiwatchHost, name: RouteName, res: ServerResponse, error: unknown): void {
  aiwatch.diagnostics.fault("route", `route ${name}`, error);
  if (res.headersSent) breakOff(res);
  else sendJson(res, 500, { error: "this route failed; see the diagnostics" });
}

/** An answer of ours that broke in its middle is cut; one that the app gave meanwhile, after a timeout of its own, is left alone. */
function breakOff(res: ServerResponse): void {
  if (!res.writableEnded) res.destroy();
}
