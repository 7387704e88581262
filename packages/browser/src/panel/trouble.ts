/** Why there are no figures: its message is the end of a sentence, with where was asked, what came, and what to do. */
export class Trouble extends Error {
  /** Of an answer that cannot be used; undefined where nobody answered. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

export function hrefOf(url: string): string {
  return new URL(url, document.baseURI).href;
}

/** Whether a browser can ask there: `localhost:8080/metrics` is a URL of the scheme localhost. */
export function isAddress(url: string): boolean {
  try {
    return hrefOf(url).startsWith("http");
  } catch {
    return false;
  }
}

/** An address as people read it: without its query, and without the page's own origin. */
export function shownAs(url: string): string {
  return hrefOf(url).replace(location.origin, "").replace(/\?.*/, "");
}

/** An answer other than 200. */
export function refusal(url: string, status: number): Trouble {
  const remedies: Readonly<Record<number, string>> = {
    401: ": see authorize of the server",
    403: ": see authorize of the server",
    404: ": mount the route there, or correct the address",
  };
  return new Trouble(`${shownAs(url)} answers ${status}${remedies[status] ?? ""}`, status);
}

/** An answer of another kind, such as the page of an app for all its paths. */
export function noneOf(what: string, url: string, type: string | null): Trouble {
  return new Trouble(`${shownAs(url)} is no ${what} (${type}): correct the address`, 200);
}

/** Why a request came to nothing, as far as a page can tell. @param blocked what the page's policy kept the browser from asking */
export async function troubleOf(error: unknown, url: string, blocked: ReadonlySet<string>): Promise<Trouble> {
  if (error instanceof Trouble) return error;
  const where = shownAs(url);
  const isThere = where.startsWith("http") && (await isAnyoneAt(url));
  // the browser says so a little later
  await new Promise((later) => setTimeout(later, 50));
  if (blocked.has(hrefOf(url))) return new Trouble(`connect-src of the page's policy blocks ${where}`);
  if (isThere) return new Trouble(`${where} may not be read here: add ${location.origin} to allowedOrigins`, 200);
  return new Trouble(`${where} does not answer: the server is down, or the browser blocks it`);
}

/** Can be asked of another origin, too, without reading the answer. */
async function isAnyoneAt(url: string): Promise<boolean> {
  const asking = new AbortController();
  const tooLong = setTimeout(() => asking.abort(), 5000);
  try {
    await fetch(url, { mode: "no-cors", signal: asking.signal });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(tooLong);
    // a stream would go on
    asking.abort();
  }
}
