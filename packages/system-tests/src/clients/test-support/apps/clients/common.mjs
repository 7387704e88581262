/** What the clients' verbs share. */
export const messages = [{ role: "user", content: "Hello, canary" }];

/** A function that a model may call, as JSON Schema has it. */
export const weather = {
  name: "weather",
  description: "The weather of a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

export function isWeather({ note }, input) {
  note("tool", input);
  return "sunny";
}

/** Notes each piece. @param meanwhile what the consumer does with it */
export async function readAll(pieces, note, meanwhile = async () => {}) {
  let count = 0;
  for await (const piece of pieces) {
    count += 1;
    note("chunk", piece);
    await meanwhile(piece, count);
  }
  note("end", count);
}

/** Reads two pieces, and breaks. */
export async function leaveIn(pieces, note) {
  let count = 0;
  for await (const piece of pieces) {
    count += 1;
    note("chunk", piece);
    if (count === 2) break;
  }
}

/** Reads two pieces, and throws at the second: the first of an API may have no words yet. */
export async function throwIn(pieces, note) {
  await readAll(pieces, note, async (_piece, count) => {
    if (count === 2) throw new RangeError("the app's own");
  });
}

/** Reads so many pieces, and leaves the rest to the garbage collector. */
export async function dropAfter(count, pieces, note) {
  const iterator = pieces[Symbol.asyncIterator]();
  for (let read = 0; read < count; read += 1) note("chunk", (await iterator.next()).value);
}

/** Reads two pieces, and aborts. How many more come that had been read by then is chance. */
export async function abortIn(pieces, note, abort) {
  let count = 0;
  for await (const piece of pieces) {
    count += 1;
    if (count <= 2) note("chunk", piece);
    if (count === 2) abort();
  }
  note("ended");
}

/** A consumer that takes longer than the model. */
export const pace = () => new Promise((resolve) => setTimeout(resolve, 4));

/** Reads two at once, and notes each by itself: whose piece comes first is chance. */
export async function readBoth(ask, note) {
  const read = async () => {
    const kept = [];
    await readAll(await ask(), (...said) => kept.push(said));
    return kept;
  };
  note("both", await Promise.all([read(), read()]));
}

/** A signal that aborts once the server has the request. */
export function abortedOnArrival({ arrived }) {
  const controller = new AbortController();
  arrived().then(() => controller.abort());
  return controller.signal;
}
