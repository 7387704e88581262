import type { IncomingMessage } from "node:http";
import { type Express4Mount, express4MountText } from "./express4-mount.ts";

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
  /** Where a mounted app is, its parents' mounts included. */
  path?(): string;
  readonly router?: { readonly stack?: readonly Layer[] };
  /** Express 4. */
  readonly _router?: { readonly stack?: readonly Layer[] };
}

/** One entry of a router's stack: a route, or something mounted. */
interface Layer extends Partial<Express4Mount> {
  readonly route?: Route | undefined;
  readonly handle?: { readonly stack?: readonly Layer[] };
  /** What it was mounted on, where the router keeps it (router 2.3). */
  readonly rawPath?: Pattern;
  match(path: string): unknown;
}

/** Where no route took the request. */
export const unmatched = "unmatched";

/**
 * The template of the route that took the request: `/users/:id`, its mounts included. It is found by looking for the route in the app's
 * routers, since `baseUrl` holds the raw path and is reset on the way out of an error. A mount that cannot be known makes `/*`.
 */
export function routeTemplate(req: ExpressRequest, path: string): string {
  const { route, app } = req;
  if (route === undefined) return unmatched;
  const prefix = app?.path?.() ?? "";
  const stack = routerStack(app) ?? [];
  if (prefix === "" && isDirectlyIn(stack, route)) return tidy(patternText(route.path));
  const within = findTemplate(stack, pathWithin(prefix, path), route);
  return within === undefined ? "/*" : tidy(prefix + within);
}

/** The routers' routes that were found in them once: apps can have hundreds. */
const found = new WeakMap<Route, readonly Layer[]>();

function isDirectlyIn(stack: readonly Layer[], route: Route): boolean {
  if (found.get(route) === stack) return true;
  if (!stack.some((layer) => layer.route === route)) return false;
  found.set(route, stack);
  return true;
}

/** What a mounted app sees of the path: its mount is a template, of which each parameter is a segment. */
function pathWithin(prefix: string, path: string): string {
  const mounts = prefix.split("/").length - 1;
  return `/${path
    .split("/")
    .slice(mounts + 1)
    .join("/")}`;
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
    if (found !== undefined) return mount.template + found;
  }
  return undefined;
}

interface Match {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Matches a mounted router as Express does, and says what it is mounted on. */
function matchMount(layer: Layer, path: string): { readonly path: string; readonly template: string } | undefined {
  const matched = layer.match(path);
  if (!matched) return undefined;
  // newer routers return the match, older ones leave it on the layer
  const match = (typeof matched === "object" ? matched : layer) as Partial<Match>;
  const consumed = match.path ?? "";
  return { path: consumed, template: mountText(layer) ?? substitute(consumed, match.params) };
}

/** What a layer is mounted on, where it can be known: the routers of the first Express 5 releases do not keep it. */
function mountText({ rawPath, regexp, keys = [] }: Layer): string | undefined {
  if (rawPath !== undefined) return patternText(rawPath);
  return regexp === undefined ? undefined : express4MountText({ regexp, keys });
}

function patternText(pattern: Pattern | undefined): string {
  if (pattern === undefined || pattern === "/") return pattern ?? "";
  if (typeof pattern === "string") return pattern;
  return pattern instanceof RegExp ? pattern.source : pattern.map((part) => patternText(part)).join("|");
}

/** Puts a mount's parameters back in the place of their values, segment by segment. */
function substitute(path: string, params: Readonly<Record<string, string>> = {}): string {
  const left = new Map(Object.entries(params));
  const segments = path.split("/").map((segment) => {
    for (const [name, value] of left) {
      if (segment !== value && decoded(segment) !== value) continue;
      left.delete(name);
      return `:${name}`;
    }
    return segment;
  });
  // a parameter that is not a whole segment leaves its raw value in the path: then nothing is certain
  return left.size === 0 ? segments.join("/") : "/*";
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function tidy(template: string): string {
  const single = template.includes("//") ? template.replaceAll(/\/{2,}/g, "/") : template;
  return single.length > 1 && single.endsWith("/") ? single.slice(0, -1) : single || "/";
}
