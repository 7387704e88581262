import { closeSync, openSync, readSync } from "node:fs";
import { availableParallelism } from "node:os";
import { invalidSetting, readSetting } from "@aiwatch/core/adapter";

/**
 * The app's own settings. AIWatch's packages read theirs by themselves.
 *
 * @typedef {object} Settings
 * @property {number} port 0 takes any free one
 * @property {string} host
 * @property {string | undefined} modelPath a GGUF file; the tiny model where there is none
 * @property {number} threads that llama.cpp works with
 * @property {number | undefined} seed makes every answer to one conversation the same
 */

/**
 * Reads the environment.
 *
 * @returns {Settings}
 * @throws an error in one line that names the variable, its value and what it may hold
 */
export function readSettings() {
  const modelPath = readSetting({ variables: ["MODEL_PATH"] }, modelFile, "a GGUF file");
  return {
    port: readSetting({ variables: ["PORT"] }, wholeNumber(0, 65_535), "a port from 0 to 65535") ?? 8080,
    host: readSetting({ variables: ["HOST"] }, (text) => text, "a host") ?? "127.0.0.1",
    modelPath,
    threads:
      readSetting({ variables: ["THREADS"] }, wholeNumber(1, 1024), "a whole number from 1 to 1024") ??
      usualThreads(modelPath),
    seed: readSetting({ variables: ["SEED"] }, wholeNumber(0, 4_294_967_295), "a whole number from 0 to 4294967295"),
  };
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
 * @param {number} smallest
 * @param {number} largest
 */
function wholeNumber(smallest, largest) {
  return (/** @type {string} */ text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return number >= smallest && number <= largest ? number : undefined;
  };
}

/** @param {string} path */
function modelFile(path) {
  const problem = problemOf(path);
  if (problem === undefined) return path;
  const expected = "the path of a GGUF file that can be read; leave it out to chat with the tiny model";
  throw invalidSetting("MODEL_PATH", withoutCredentials(path), `${expected} (${problem})`);
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
