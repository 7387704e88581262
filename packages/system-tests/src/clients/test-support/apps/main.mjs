/** Plays endings with one client, bare or with a layer, and prints what the app saw: one line of JSON for each ending, and a last one with the records. */
import { text } from "node:stream/consumers";
import { shown, shownError } from "./shown.mjs";

const { client, layer: layerName, url, endings } = JSON.parse(await text(process.stdin));
const { layer, OpenAI } = await import(`./layers/${layerName}.mjs`);
const { verbs } = await import(`./clients/${client}.mjs`);
const plainFetch = globalThis.fetch;

/** What the app sees of the ending that is played. */
let log = [];
const noteIn =
  (its) =>
  (what, ...values) =>
    its.push([what, ...values.map(shown)]);
const note = (...said) => noteIn(log)(...said);
for (const level of ["log", "info", "warn", "error"]) console[level] = (...said) => note(`console.${level}`, ...said);
process.on("unhandledRejection", (error) => note("unhandled", error));
process.on("warning", ({ name, message }) => note("warning", `${name}: ${message}`));

/** Plays one ending. One that no client ends must not keep those after it. */
async function playOne(slug, play) {
  let patience;
  const late = new Promise((resolve) => {
    patience = setTimeout(() => resolve(note("does not end", slug)), 30_000);
  });
  await Promise.race([play().catch((error) => note("threw", shownError(error))), late]);
  clearTimeout(patience);
}

const stages = [];
for (const { slug, verb, options, records } of endings) {
  log = [];
  const noted = noteIn(log);
  const ask = async (what) => (await plainFetch(`${url}/${slug}/${what}`)).text();
  const stage = layer(slug, records);
  stages.push(stage);
  const play = verbs[verb];
  if (play === undefined) throw new Error(`${client} has no verb ${verb}`);
  const app = { url: `${url}/${slug}`, fetch: stage.fetch, dress: stage.dress, OpenAI, note: noted, options };
  const signals = { arrived: () => ask("arrived"), left: async () => noted("left", await ask("left")) };
  await playOne(slug, () => stage.run(() => play({ ...app, ...signals })));
  await stage.settled();
  process.stdout.write(`${JSON.stringify({ slug, log })}\n`);
}
const clipped = (_key, value) => (typeof value === "string" ? value.slice(0, 10_000) : value);
const told = JSON.stringify({ stages: stages.map((stage) => stage.told()) }, clipped);
// what is still in the pipe is lost with the process
process.stdout.write(`${told}\n`, () => process.exit());
