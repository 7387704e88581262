/** A setting that cannot be used. Its message is one line for whoever set it. */
export class SettingError extends Error {
  /**
   * @param {string} variable
   * @param {string} value
   * @param {string} expected what it may be
   */
  constructor(variable, value, expected) {
    super(`${variable} is ${JSON.stringify(value)}, expected ${expected}`);
    this.name = "SettingError";
  }
}

/**
 * A model behind HTTP, on a server that speaks OpenAI's API.
 *
 * @typedef {object} ModelServer
 * @property {string} baseUrl up to and with `/v1`
 * @property {string} model its name there
 * @property {string | undefined} apiKey
 */

/**
 * The app's own settings. AIWatch's packages read theirs by themselves.
 *
 * @throws {SettingError}
 */
export function readSettings() {
  return {
    port: readNumber("PORT", 0, 65_535, "a port") ?? 8080,
    host: read("HOST") ?? "127.0.0.1",
    server: readServer(),
    modelPath: read("MODEL_PATH"),
    threads: readNumber("THREADS", 1, 1024),
  };
}

/** @returns {ModelServer | undefined} undefined for a model in this process */
function readServer() {
  const baseUrl = read("BASE_URL");
  if (baseUrl === undefined) return undefined;
  if (!/^https?:\/\/[^@?#]+$/.test(baseUrl) || !URL.canParse(baseUrl)) {
    const shown = baseUrl.replace(/^(\w+:\/\/)[^/]*@/, "$1***@").replace(/\?.*$/, "?***");
    throw new SettingError("BASE_URL", shown, "an http or https URL without a password or a query");
  }
  const model = read("MODEL");
  if (model === undefined) throw new SettingError("MODEL", "", "the name of a model that the server at BASE_URL has");
  const apiKey = read("API_KEY");
  if (apiKey === undefined || /^[\x21-\x7e]+$/.test(apiKey)) return { baseUrl, model, apiKey };
  throw new SettingError("API_KEY", "***", "visible ASCII characters, as a header can hold them");
}

/**
 * A variable that is empty counts as unset.
 *
 * @param {string} variable
 */
function read(variable) {
  return process.env[variable]?.trim() || undefined;
}

/**
 * @param {string} variable
 * @param {number} smallest
 * @param {number} largest
 * @param {string} what
 */
function readNumber(variable, smallest, largest, what = "a whole number") {
  const text = read(variable);
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= smallest && number <= largest) return number;
  throw new SettingError(variable, text, `${what} from ${smallest} to ${largest}`);
}
