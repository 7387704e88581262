import { declareSettings, type Environment, kinds, readRow, type SettingKind, setting } from "@aiwatch/core/adapter";

/** The word for the servers of this machine. */
const local = "local";

const urlsOf = (text: string) => text.split(",").map((url) => url.trim());

const isBaseUrl = (url: string) => url === local || (/^https?:/i.test(url) && URL.canParse(url));

const baseUrls: SettingKind<string> = {
  ...kinds.text(`base URLs of model servers, with commas; ${local} stands for those of this machine`),
  parse: (text) => (urlsOf(text).every(isBaseUrl) ? text : undefined),
};

/** Every setting of this package that an environment variable can set. */
export const openaiSettings = declareSettings("@aiwatch/openai", {
  baseUrls: setting({ variables: ["AIWATCH_OPENAI_BASE_URLS"], kind: baseUrls, default: local }),
});

/** This machine, and what containers call their host and Docker Model Runner. */
const localHosts =
  /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1\]|host\.docker\.internal|model-runner\.docker\.internal|host\.containers\.internal)$/;

/**
 * Which URLs the preload observes.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` that names the variable, its value and what is valid
 */
export function allowedUrls(environment: Environment = process.env): (url: URL) => boolean {
  const bases = urlsOf(readRow(openaiSettings.baseUrls, undefined, environment));
  const tests = bases.map((base) => (base === local ? isLocal : below(new URL(base))));
  return (url) => tests.some((test) => test(url));
}

function isLocal({ hostname }: URL): boolean {
  return localHosts.test(hostname);
}

function below({ origin, pathname }: URL): (url: URL) => boolean {
  const base = pathname.replace(/\/+$/, "");
  return (url) => url.origin === origin && (url.pathname === base || url.pathname.startsWith(`${base}/`));
}
