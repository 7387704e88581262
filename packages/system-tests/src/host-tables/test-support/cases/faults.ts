import type { ExchangeCase } from "../exchange-case.ts";

/** What the app does to its own process, before it serves. */
type OfProcess = Readonly<Record<string, () => void>>;

const handlers: OfProcess = {
  "": () => {},
  ", in an app that catches": () => {
    process.on("uncaughtException", (error, origin) => say(`caught ${error} of ${origin}`));
    process.on("unhandledRejection", (reason) => say(`unhandled ${reason}`));
  },
};

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function own(): Error {
  return new Error("own");
}

const faults: Readonly<Record<string, NonNullable<ExchangeCase["handle"]>>> = {
  "a throw": () => {
    throw own();
  },
  "a throw of what is no error": () => {
    throw "own";
  },
  "a throw after the head": (_req, res) => {
    res.write("first");
    throw own();
  },
  "a throw after the answer": (_req, res) => {
    res.end("body");
    throw own();
  },
  "a rejection": async () => {
    throw own();
  },
  "a rejection in a later turn": async () => {
    await new Promise((resolve) => setImmediate(resolve));
    throw own();
  },
  "a throw in a timer": () => {
    setTimeout(() => {
      throw own();
    }, 1);
  },
  "a throw in a listener for the request's data": (req) => {
    req.on("data", () => {
      throw own();
    });
  },
  "a throw in a listener for the request's end": (req) => {
    req.resume().on("end", () => {
      throw own();
    });
  },
  "a throw in a listener for finish": (_req, res) => {
    res.on("finish", () => {
      throw own();
    });
    res.end("body");
  },
  "a throw in a listener for close": (_req, res) => {
    res.on("close", () => {
      throw own();
    });
    res.end("body");
  },
  "a throw in end's callback": (_req, res) => {
    res.end("body", () => {
      throw own();
    });
  },
  "an error that the request is destroyed with, and nobody hears": (req) => {
    req.destroy(own());
  },
  "an error that the response is destroyed with, and nobody hears": (_req, res) => {
    res.destroy(own());
  },
  "an error that is emitted on the response, and nobody hears": (_req, res) => {
    res.emit("error", own());
  },
  "a bad header": (_req, res) => {
    res.writeHead(200, { "x own": "1" });
  },
  "a bad raw header": (_req, res) => {
    res.writeHead(200, ["x-own"]);
  },
  "an exit": () => {
    process.on("exit", (code) => say(`exit ${code}`));
    process.exit(3);
  },
  "an exit after the answer": (_req, res) => {
    process.on("exit", (code) => say(`exit ${code}`));
    res.end("body", () => process.exit(3));
  },
  "an exit code, and a natural end": (_req, res) => {
    process.on("beforeExit", (code) => say(`before exit ${code}`));
    process.on("exit", (code) => say(`exit ${code}`));
    process.exitCode = 4;
    res.end("body");
  },
  "a warning": (_req, res) => {
    process.emitWarning("own", "OwnWarning");
    res.end("body");
  },
};

/** In how many ways the app's process handles each fault: as Node does, or by listeners of the app. */
export const handlings = Object.keys(handlers).length;

/** Each in a process of its own: it may be the end of it. All faults handled in one way, then the same handled in the next. */
export const faultCases: readonly ExchangeCase[] = Object.entries(handlers).flatMap(([how, ofProcess]) =>
  Object.entries(faults).map(
    ([name, handle]): ExchangeCase => ({
      name: `${name}${how}`,
      alone: ofProcess,
      handle,
    }),
  ),
);
