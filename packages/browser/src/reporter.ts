import { type Answer, Answers, beginning, isHidden, type PageState } from "./answers.ts";
import { observedFetch } from "./observed-fetch.ts";
import { Outbox, type Recorder } from "./outbox.ts";
import { PageErrors, quietly } from "./page-errors.ts";

/** A function of web-vitals, such as `onLCP`. */
type OnVital = (report: (metric: { readonly id: string; readonly value: number }) => void) => void;

/** The functions of web-vitals whose figures you want. The module itself will do. Its layout shift is no time, and core has no place for it. */
export interface Vitals {
  readonly onTTFB?: OnVital;
  readonly onFCP?: OnVital;
  readonly onLCP?: OnVital;
  readonly onINP?: OnVital;
}

export interface ReporterOptions {
  /**
   * Where core's door is, without a slash at the end: `/aiwatch/browser` is below it. On another origin, list the page's in `allowedOrigins`
   * there.
   * @default the page's own origin
   * @example "https://chat.example.com/api"
   */
  readonly url?: string;
  /**
   * What the page calls itself: `service.name` of its spans, in at most 64 of letters, digits, blanks and `._/:@+-`.
   * @default the server's own service, with `-browser` behind it
   */
  readonly service?: string;
  /** The page's release: `service.version` of its spans, of the same characters. @default none */
  readonly release?: string;
  /**
   * The share of pages that report, 0 to 1; drawn once for each page. The others send nothing and add no `traceparent`.
   * @default 1
   */
  readonly sample?: number;
  /**
   * A further origin, or a list of them, whose requests get a `traceparent`. Their CORS must allow the header: the browser refuses the whole request otherwise.
   * @default none: the page's own origin alone
   * @example ["https://api.example.com"]
   */
  readonly propagateTo?: string | readonly string[];
  /** Whether errors are reported that are caught nowhere. Failed answers and fetches are in any case. @default true */
  readonly errors?: boolean;
  /** What measures web vitals: each is reported once for each visit, when web-vitals first reports it. @default none */
  readonly vitals?: Vitals;
  /** Further headers of the reports, or what makes them. @default none */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
}

export interface Reporter {
  /** Begins an answer, for who reads the stream himself. */
  answer(): Answer;
  /**
   * `fetch`, observed: give it to what sends chats. Adds `traceparent`, reports failures, and follows each answer that is an event stream. The
   * response is the one that `fetch` gave.
   * @example new DefaultChatTransport({ api: "/api/chat", fetch: reporter.fetch })
   */
  readonly fetch: typeof fetch;
  /** Sends what is kept now. Fulfilled when it is sent or given up; never rejected. */
  flush(): Promise<void>;
  /** Ends it: sends what is kept and takes its listeners off. Answers under way are not reported. */
  stop(): void;
}

/**
 * Starts to report what the reader of this page sees. Call it once, early. Outside of a page, as in Node, it does nothing and its parts still
 * work.
 * @throws TypeError `AIWATCH_INVALID_ARGUMENT` for a `sample` that is no share, a `service` or `release` that the door would refuse, and what is no
 *   origin in `propagateTo`
 * @example
 * const reporter = startReporter();
 * const response = await reporter.fetch("/api/chat", { method: "POST", body });
 */
export function startReporter(options: ReporterOptions = {}): Reporter {
  const { sample = 1, propagateTo = [], service, release } = options;
  if (!(sample >= 0 && sample <= 1)) throw invalid("sample", sample, "a share, 0 to 1");
  for (const [name, value] of Object.entries({ service, release })) {
    if (value !== undefined && !/^[\w ./:@+-]{1,64}$/.test(value))
      throw invalid(name, value, "1 to 64 of A-Za-z0-9 ._/:@+-");
  }
  const further = [propagateTo].flat().map((origin) => {
    const url = quietly(() => new URL(origin));
    // `localhost:8080` is a URL of the scheme localhost, and has no host
    if (!url?.host) throw invalid("propagateTo", origin, "an origin such as https://api.example.com");
    return url.origin;
  });
  if (typeof document === "undefined" || Math.random() >= sample) return silentReporter();
  return reporterOf(options, new Set([location.origin, ...further]));
}

function reporterOf(options: ReporterOptions, origins: ReadonlySet<string>): Reporter {
  const { url = "", errors: hasErrors = true, vitals = {}, headers = {}, service, release } = options;
  const page: PageState = { hiddenAt: -1, isLeft: false };
  // kept as it is: the app may put `reporter.fetch` in its place
  const plain: typeof fetch = globalThis.fetch.bind(globalThis);
  const outbox = new Outbox({
    fetch: plain,
    url,
    headers: typeof headers === "function" ? headers : () => headers,
    about: { service, release },
  });
  const record: Recorder = (list, seen) => {
    outbox.add(list, seen);
    // there may be no later
    if (isHidden() || page.isLeft) void outbox.flush(page.isLeft);
  };
  const answers = new Answers(record, page);
  const errors = new PageErrors(record);
  const stopped = new AbortController();
  followVitals(vitals, record);
  followPage(page, answers, outbox, stopped.signal);
  if (hasErrors) errors.watch(stopped.signal);
  const observed = observedFetch({ fetch: plain, answers, errors, page, origins });
  return {
    answer: () => answers.begin(),
    fetch: (input, init) => (stopped.signal.aborted ? plain : observed)(input, init),
    flush: () => outbox.flush(),
    stop() {
      stopped.abort();
      outbox.close();
    },
  };
}

/** `pagehide` comes first where a page goes, `visibilitychange` last where an app is only switched: a phone may end it then without a word. */
function followPage(page: PageState, answers: Answers, outbox: Outbox, signal: AbortSignal): void {
  const hidden = () => {
    if (!isHidden()) return;
    page.hiddenAt = performance.now();
    void outbox.flush(page.isLeft);
  };
  const left = () => {
    // in one batch: what is recorded once the page is left is sent at once
    answers.abortAll();
    page.isLeft = true;
    void outbox.flush(true);
  };
  const back = () => {
    page.isLeft = false;
  };
  document.addEventListener("visibilitychange", hidden, { signal });
  addEventListener("pagehide", left, { signal });
  // out of the back/forward cache, too
  addEventListener("pageshow", back, { signal });
  addEventListener("online", () => void outbox.flush(), { signal });
}

function followVitals(vitals: Vitals, record: Recorder): void {
  const reported = new Set<string>();
  for (const name of ["TTFB", "FCP", "LCP", "INP"] as const) {
    const report = ({ id, value }: { readonly id: string; readonly value: number }) => {
      if (reported.has(name + id) || !(value >= 0)) return;
      reported.add(name + id);
      record("vitals", { name, ms: value });
    };
    quietly(() => vitals[`on${name}`]?.(report));
  }
}

function silentReporter(): Reporter {
  return {
    answer: () => ({ ...beginning(), firstToken: () => undefined, end: () => undefined }),
    fetch: (input, init) => globalThis.fetch(input, init),
    flush: async () => undefined,
    stop: () => undefined,
  };
}

function invalid(option: string, value: unknown, expected: string): TypeError {
  const error = new TypeError(`${option}: ${JSON.stringify(value)} is not ${expected}`);
  return Object.assign(error, { code: "AIWATCH_INVALID_ARGUMENT" });
}
