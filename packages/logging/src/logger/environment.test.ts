import { settingsTable, tableLinesOf, variablesReadIn, variablesTabledIn } from "@aiwatch/testkit";
import { describe, expect, it } from "vitest";
import { loggerSettings, loggingSettings, logLevels } from "./settings.ts";
import { loggingSettingDescriptions } from "./test-support/descriptions.ts";

const levels = `one of ${logLevels.join(", ")}`;

it("the README's table has the variables that are read, and no others, as the rows say", async () => {
  const read = await variablesReadIn(new URL("../", import.meta.url));
  expect(read).toEqual(["AIWATCH_SERVICE", "LOG_LEVEL", "LOG_PRETTY", "OTEL_SERVICE_NAME"]);
  expect(
    Object.values(loggingSettings)
      .flatMap(({ variables }) => variables)
      .sort(),
  ).toEqual(read);
  const readme = new URL("../../README.md", import.meta.url);
  expect(await variablesTabledIn(readme)).toEqual(read);
  const settings = { settings: loggingSettings, descriptions: loggingSettingDescriptions, of: "`createLogger`" };
  expect(await tableLinesOf(readme)).toEqual(expect.arrayContaining(settingsTable(settings)));
});

describe("an environment variable", () => {
  it.each([
    ...["verbose", "30", "warning", "info,debug", "__proto__", "true"].map((value) => ["LOG_LEVEL", value, levels]),
    ...["maybe", "2", "pretty", "null"].map((value) => ["LOG_PRETTY", value, "true or false"]),
  ])("is refused by name, with what it holds and what it may hold: %s=%s", (variable = "", value = "", expected) => {
    const message = `${variable} is ${JSON.stringify(value)}, expected ${expected}`;
    expect(() => loggerSettings({}, { [variable]: ` ${value}\n` })).toThrowError(
      expect.objectContaining({ code: "AIWATCH_INVALID_SETTING", message }),
    );
  });

  it.each(["", " ", "\t\n"])("that is empty or blank is none: %j", (blank) => {
    const environment = { LOG_LEVEL: blank, LOG_PRETTY: blank, AIWATCH_SERVICE: blank, OTEL_SERVICE_NAME: blank };
    expect(loggerSettings({}, environment)).toEqual({ level: "info", pretty: false, service: undefined });
  });
});
