import { closeSync, openSync, readSync } from "node:fs";
import { availableParallelism } from "node:os";

/** A setting that cannot be used. Its message is one line for whoever set it. */
export class SettingError extends Error {
  /**
   * @param {string} variable
   * @param {string | number} value as it is shown: without credentials
   * @param {string} expected what it may be
   */
  constructor(variable, value, expected) {
    super(`${variable} is ${JSON.stringify(value)}, expected ${expected}`);
    this.name = "SettingError";
  }
}

/**
 * The app's own settings. AIWatch's packages read theirs by themselves.
 *
 * @typedef {object} Settings
 * @property {number} port 0 takes any free one
 * @property {string} host
 * @property {ModelServer | undefined} server answers the chats; a model in this process where there is none
 * @property {string | undefined} modelPath a GGUF file; the tiny model where there is none
 * @property {number} threads that llama.cpp works with
 * @property {number | undefined} seed makes every answer to one conversation the same
 */

/**
 * A model behind HTTP, on a server that speaks OpenAI's API.
 *
 * @typedef {object} ModelServer
 * @property {string} baseUrl up to and with `/v1`
 * @property {string | undefined} model its name there; the server's only model where it is not set
 * @property {string | undefined} apiKey
 */

/**
 * Reads the environment.
 *
 * @returns {Settings}
 * @throws {SettingError}
 */
export function readSettings() {
  const server = readServer();
  const modelPath = read("MODEL_PATH");
  if (modelPath !== undefined) checkModelFile(modelPath, server);
  return {
    port: readNumber("PORT", 0, 65_535, "a port") ?? 8080,
    host: read("HOST") ?? "127.0.0.1",
    server,
    modelPath,
    threads: readNumber("THREADS", 1, 1024) ?? usualThreads(modelPath),
    seed: readNumber("SEED", 0, 4_294_967_295),
  };
}

/** @returns {ModelServer | undefined} */
function readServer() {
  const baseUrl = read("BASE_URL");
  if (baseUrl === undefined) return undefined;
  if (!isBaseUrl(baseUrl)) {
    const expected = "an http or https URL without a password or a query, such as http://localhost:12434/engines/v1";
    throw new SettingError("BASE_URL", withoutCredentials(baseUrl), expected);
  }
  return { baseUrl, model: read("MODEL"), apiKey: readKey() };
}

function readKey() {
  const key = read("API_KEY");
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key;
  throw new SettingError("API_KEY", "***", "visible ASCII characters, as a header can hold them");
}

/** @param {string} text */
function isBaseUrl(text) {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
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

/**
 * One core is left to Node: llama.cpp's threads wait for each other by spinning, and one that must share its core stalls all. The tiny
 * model has not enough to do for two.
 *
 * @param {string | undefined} modelPath
 */
function usualThreads(modelPath) {
  return modelPath === undefined ? 1 : Math.max(1, availableParallelism() - 1);
}

/**
 * @param {string} path
 * @param {ModelServer | undefined} server
 */
function checkModelFile(path, server) {
  if (server !== undefined) {
    throw new SettingError("MODEL_PATH", withoutCredentials(path), "nothing: with BASE_URL a server has the model");
  }
  const problem = problemOf(path);
  if (problem === undefined) return;
  const expected = "the path of a GGUF file that can be read; leave it out to chat with the tiny model";
  throw new SettingError("MODEL_PATH", withoutCredentials(path), `${expected} (${problem})`);
}

/**
 * Why a file cannot be a model. A whole look is llama.cpp's task; this catches slips before the server listens.
 *
 * @param {string} path
 */
function problemOf(path) {
  let file;
  try {
    file = openSync(path, "r");
    const start = Buffer.alloc(4);
    readSync(file, start);
    return start.toString("latin1") === "GGUF" ? undefined : "its first bytes are not GGUF";
  } catch (error) {
    return error instanceof Error && "code" in error
      ? (problems[String(error.code)] ?? String(error.code))
      : "unreadable";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** @type {Readonly<Record<string, string>>} */
const problems = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "reading it is not permitted",
};

/**
 * Someone may give a URL, and a URL may hold a password.
 *
 * @param {string} path
 */
export function withoutCredentials(path) {
  return path.replace(/^(\w+:\/\/)[^/]*@/, "$1***@").replace(/\?.*$/, "?***");
}
