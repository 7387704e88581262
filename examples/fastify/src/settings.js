import { readSetting } from "@aiwatch/core/adapter";

/**
 * The app's own settings. AIWatch's packages read theirs by themselves.
 *
 * @throws an error in one line that names the variable, its value and what it may hold
 */
export function readSettings() {
  const text = (/** @type {string} */ value) => value;
  return {
    port: readSetting({ variables: ["PORT"] }, wholeNumber(0, 65_535), "a port from 0 to 65535") ?? 8080,
    host: readSetting({ variables: ["HOST"] }, text, "a host") ?? "127.0.0.1",
    modelPath: readSetting({ variables: ["MODEL_PATH"] }, text, "a GGUF file"),
    threads: readSetting({ variables: ["THREADS"] }, wholeNumber(1, 1024), "a whole number from 1 to 1024"),
  };
}

/**
 * @param {number} smallest
 * @param {number} largest
 */
function wholeNumber(smallest, largest) {
  return (/** @type {string} */ text) => {
    const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    return number >= smallest && number <= largest ? number : undefined;
  };
}
