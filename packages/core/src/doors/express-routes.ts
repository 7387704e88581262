import type { IncomingMessage } from "node:http";
import { types } from "node:util";
import { unmatched } from "../request/record.ts";
import { type Match, type Matcher, router2MountText } from "./router2-mount.ts";

/** What Express leaves on a request. Structural: it fits Express 4 and 5. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string;
  readonly route?: Route | undefined;
  readonly app?: Application | undefined;
}

type Pattern = string | RegExp | readonly (string | RegExp)[];

interface Route {
  readonly path?: Pattern;
}

interface Application {
  /** What it is mounted on, and in which app. */
  readonly mountpath?: Pattern;
  readonly parent?: Application | undefined;
  readonly router?: { readonly stack?: readonly Layer[] };
  /** Express 4. */
  readonly _router?: { readonly stack?: readonly Layer[] };
}

/** One entry of a router's stack: a route, or something mounted. */
interface Layer extends Partial<Express4Mount> {
  readonly route?: Route | undefined;
  readonly handle?: { readonly stack?: readonly Layer[] };
  /** Mounted on everything. */
  readonly slash?: boolean;
  /** What the last match consumed (Express 4). */
  readonly path?: string;
  /** What it was mounted on, where the router keeps it (router 2.3). */
  readonly rawPath?: Pattern;
  /** What it matches with (router 2). */
  readonly matchers?: readonly Matcher[];
  match(path: string): unknown;
}

/**
 * The template of the route that took the request: `/users/:id`, its mounts included. It is found by looking for the route in the app's
 * routers, since `baseUrl` holds the raw path and is reset on the way out of an error. A mount that cannot be known makes `/*`.
 */
export function routeTemplate(req: ExpressRequest, path: string): string {
  const { route, app } = req;
  if (route === undefined) return unmatched;
  const stack = routerStack(app) ?? [];
  if (app?.parent === undefined) return templateIn(stack, route, path) ?? unknown;
  const mounts = mountsOf(app);
  const rest = pathWithin(mounts, path);
  const within = rest === undefined ? undefined : templateIn(stack, route, rest);
  return within === undefined ? unknown : tidy(mounts.map(patternText).join("") + within);
}

/** Where the template of the route that took the request cannot be known. */
const unknown = "/*";

/** What a mounted app and the apps around it are mounted on, the outermost first. */
function mountsOf(app: Application | undefined): Pattern[] {
  const mounts: Pattern[] = [];
  for (let inner = app; inner?.parent !== undefined; inner = inner.parent) mounts.unshift(inner.mountpath ?? "");
  return mounts;
}

/** The routes that were found in a stack once, and their templates: apps can have hundreds. */
const found = new WeakMap<Route, { readonly stack: readonly Layer[]; readonly template: string }>();

/** @param path nothing where it cannot be told what is left of it: a route that is in the stack itself is found without */
function templateIn(stack: readonly Layer[], route: Route, path: string): string | undefined {
  const known = found.get(route);
  if (known !== undefined && known.stack === stack) return known.template;
  if (stack.some((layer) => layer.route === route)) {
    const template = tidy(patternText(route.path));
    found.set(route, { stack, template });
    return template;
  }
  const within = path === "" ? undefined : findTemplate(stack, path, route);
  return within === undefined ? undefined : tidy(within);
}

/**
 * What a mounted app sees of the path: its mount is a template, of which each parameter is a segment. An app has one `mountpath`, and may be
 * mounted on several.
 * @returns undefined where the request came by another mount; nothing where it cannot be told what is left
 */
function pathWithin(mounts: readonly Pattern[], path: string): string | undefined {
  if (!mounts.every(isPlain)) return "";
  const segments = mounts.flatMap((mount) => mount.split("/").filter((segment) => segment !== ""));
  const asked = path.split("/").slice(1);
  const fits = segments.every((segment, at) => segment.startsWith(":") || sameLetters(segment, asked[at]));
  return fits ? `/${asked.slice(segments.length).join("/")}` : undefined;
}

/** A path of literal segments and of parameters that are whole ones. */
function isPlain(mount: Pattern): mount is string {
  return typeof mount === "string" && /^(\/(:\w+|[^:*?+(){}/]*))*$/.test(mount);
}

function sameLetters(one: string, other = ""): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function routerStack(app: Application | undefined): readonly Layer[] | undefined {
  // Express 4 throws at `app.router`, so its own name comes first
  return app?._router?.stack ?? app?.router?.stack;
}

function findTemplate(stack: readonly Layer[], path: string, route: Route): string | undefined {
  for (const layer of stack) {
    if (layer.route === route) return patternText(route.path);
    const inner = layer.handle?.stack;
    if (layer.route !== undefined || inner === undefined) continue;
    const mount = matchMount(layer, path);
    if (mount === undefined) continue;
    const rest = path.slice(mount.path.length);
    const found = findTemplate(inner, rest.startsWith("/") ? rest : `/${rest}`, route);
    if (found !== undefined) return mount.template === undefined ? undefined : mount.template + found;
  }
  return undefined;
}

interface Mount {
  readonly path: string;
  /** Undefined where it cannot be known. */
  readonly template: string | undefined;
}

/** Matches a mounted router as Express does, and says what it is mounted on. */
function matchMount(layer: Layer, path: string): Mount | undefined {
  if (layer.slash === true) return { path: "", template: "" };
  const { rawPath, matchers, regexp, keys = [] } = layer;
  if (matchers !== undefined) return matchRouter2(matchers, rawPath, path);
  if (!matches(layer, path)) return undefined;
  const template = regexp && express4MountText({ regexp, keys });
  return { path: layer.path ?? "", template };
}

/** Express 4 leaves the match on the layer. */
function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match(path) === true;
  } catch {
    // a parameter that cannot be decoded
    return false;
  }
}

/** Without the layer's own `match`, which in some releases leaves the match on the layer. */
function matchRouter2(matchers: readonly Matcher[], rawPath: Pattern | undefined, path: string): Mount | undefined {
  for (const matcher of matchers) {
    const match = matchBy(matcher, path);
    if (match === undefined) continue;
    // router 2.3 keeps the path
    const template = rawPath === undefined ? router2MountText(matcher, match) : patternText(rawPath);
    return { path: match.path, template };
  }
  return undefined;
}

function matchBy(matcher: Matcher, path: string): Match | undefined {
  try {
    return matcher(path) || undefined;
  } catch {
    // a parameter that cannot be decoded
    return undefined;
  }
}

function patternText(pattern: Pattern | undefined): string {
  if (pattern === undefined || pattern === "/") return pattern ?? "";
  if (typeof pattern === "string") return pattern;
  return types.isRegExp(pattern) ? pattern.source : pattern.map((part) => patternText(part)).join("|");
}

function tidy(template: string): string {
  const single = template.includes("//") ? template.replaceAll(/\/{2,}/g, "/") : template;
  return single.length > 1 && single.endsWith("/") ? single.slice(0, -1) : single || "/";
}

/** What Express 4 keeps of the path that something is mounted on: no text, only the expression that it made of it. */
export interface Express4Mount {
  readonly regexp: RegExp;
  readonly keys: readonly { readonly name: string | number }[];
}

/** A parameter as path-to-regexp 0.1 writes it: a whole segment, or a part of one. */
const parameter = /\(\?:(\\\/)?\((?:\[\^\\?\/\]\+\?|\(\?:\(\?![^)]*\)\.\)\+\?)\)\)\??/g;
const wildcard = /\(\.\*\)/g;
const end = /\\\/\?\(\?=\\\/\|\$\)$/;
/** What older releases put around a list of paths. */
const list = /^\(\?:(\^.*)\)$/;

/**
 * The mount's template, out of its expression: the path that a request consumed is in the caller's spelling, and there is no end to the
 * spellings of `/static` where the case does not matter. An expression that is not made of a path is shown as it is.
 */
export function express4MountText({ regexp, keys }: Express4Mount): string {
  const names = keys.map(({ name }) => name)[Symbol.iterator]();
  const source = list.exec(regexp.source)?.[1] ?? regexp.source;
  const texts = source.split("|^").map((alternative) =>
    alternative
      .replace(/^\^/, "")
      .replace(end, "")
      .replace(parameter, (_, slash) => `${slash === undefined ? "" : "/"}:${names.next().value}`)
      .replace(wildcard, "*")
      .replace(/\\([/.-])/g, "$1"),
  );
  return texts.every((text) => /^[^\\()[\]{}^$+?|]*$/.test(text)) ? texts.join("|") : regexp.source;
}
