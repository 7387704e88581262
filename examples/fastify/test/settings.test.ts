import { runToEnd } from "@aiwatch/testkit";
import { expect, test } from "vitest";
import { mainFile } from "./support/example.ts";

test.each([
  ["PORT", "eighty", 'PORT is "eighty", expected a port from 0 to 65535'],
  ["PORT", "65536", 'PORT is "65536", expected a port from 0 to 65535'],
  ["THREADS", "0", 'THREADS is "0", expected a whole number from 1 to 1024'],
  [
    "BASE_URL",
    "localhost:80",
    'BASE_URL is "localhost:80", expected an http or https URL without a password or a query',
  ],
  ["BASE_URL", "http://localhost/v1", 'MODEL is "", expected the name of a model that the server at BASE_URL has'],
  ["LOG_LEVEL", "loud", 'LOG_LEVEL is "loud", expected one of trace, debug, info, warn, error, fatal, silent'],
])("%s=%s ends the start with code 1 and one line that names it", async (variable, value, line) => {
  const { code, stdout, stderr } = await runToEnd(process.execPath, [mainFile], {
    env: { PORT: "0", [variable]: value },
  });
  expect([code, stdout, stderr]).toEqual([1, "", `${line}\n`]);
});
