import { describe, expect, it } from "vitest";
import { help, readOptions } from "./options.ts";

describe("the options of the pictures", () => {
  it("are both widths and four minutes of a driven demo, or an hour of a fleet", () => {
    expect(readOptions([])).toMatchObject({
      widths: [1440, 1920],
      themes: ["dark"],
      minutes: 4,
      boards: [],
      collapsed: false,
    });
    expect(readOptions(["--fleet", "300"])).toMatchObject({ fleet: 300, minutes: 60, models: 3 });
    expect(readOptions(["--board", "llm", "--width", "1280", "--rows", "Overview,Latency"])).toMatchObject({
      boards: ["llm"],
      widths: [1280],
      rows: ["Overview", "Latency"],
    });
  });

  it("are refused with what was given, and what may be", () => {
    expect(() => readOptions(["--minutes", "soon"])).toThrow('--minutes is "soon", expected a number above 0');
    expect(() => readOptions(["--theme", "pink"])).toThrow('--theme is "pink", expected dark or light');
    expect(() => readOptions(["--at", "noon"])).toThrow('--at is "noon", expected a time such as');
    expect(() => readOptions(["--fleet", "3", "--prometheus", "http://a"])).toThrow(
      "--fleet 3 and --prometheus http://a",
    );
  });

  it("are all in the help text", () => {
    expect(readOptions(["--help"])).toBeUndefined();
    const names = Object.keys(readOptions([]) ?? {});
    expect(names.length).toBeGreaterThan(10);
    for (const option of [
      "out",
      "board",
      "boards",
      "width",
      "theme",
      "minutes",
      "collapsed",
      "rows",
      "at",
      "scrape",
      "fleet",
    ])
      expect(help).toContain(`--${option} `);
  });
});
