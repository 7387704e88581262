import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { aiwatchNode } from "../../doors/node.ts";
import { createAiwatch } from "../../index.ts";

/** An app that crashes in a place of its own, observed or bare. Its arguments say where, and whether it is observed. */
const [place = "", how] = process.argv.slice(2);
const isObserved = how === "observed";

const madeElsewhere = new Error("made in another place than where it is thrown");

function crash(): never {
  if (place.includes("text")) throw "no error at all";
  throw madeElsewhere;
}

const aiwatch = createAiwatch();
const inference = () => aiwatch.startInference({ model: "tiny" });
const histogram = () => aiwatch.metrics.histogram({ name: "app_seconds", help: "Time" });

/** Who runs a function of the app for it. */
const runners: Readonly<Record<string, (action: () => void) => void>> = {
  "an inference": (action) => inference().run(action),
  "a tool": (action) => inference().startTool({ name: "weather" }).run(action),
  "an inference inside another": (action) => inference().run(() => inference().run(action)),
  "a timer": (action) => histogram().time(action),
};

function serve(req: IncomingMessage): void {
  if (place.includes("body")) req.on("data", crash);
  else crash();
}

function answer(): void {
  const server = createServer(isObserved ? aiwatchNode(serve, aiwatch) : serve);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    request({ port, method: "POST" })
      .on("error", () => {})
      .end("body");
  });
}

const run = runners[place];
if (run === undefined) answer();
// of what a module throws Node shows where it was made
else setImmediate(() => (isObserved ? run(crash) : crash()));
