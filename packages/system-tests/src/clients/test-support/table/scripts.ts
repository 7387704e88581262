/** What the server does in more than one ending. */
import type { Layout, Script } from "../server/answer.ts";
import { call, finish, type Piece, sentinel, text, words } from "../server/pieces.ts";

/** Says all of this, and ends as its API ends. */
export const says =
  (pieces: readonly Piece[], layout: Layout = {}): Script =>
  async (answer) => {
    await answer.as(layout).say(...pieces);
    answer.end();
  };

export const completePieces = [...words, finish("length"), sentinel];

export const complete = says(completePieces);

/** Many words, and then no more until the client is gone. A client that stops reading without a word leaves some of them unread. */
export const hangs: Script = async (answer) => {
  for (let count = 0; count < manyWords; count += words.length) await answer.say(...words);
  await answer.hang();
};

export const manyWords = 600;

/** Begins as its API begins, before the first word, and says no more until the client is gone. */
export const opens: Script = async (answer) => {
  await answer.begin();
  await answer.hang();
};

export const silent: Script = (answer) => answer.hang();

/** Refuses so many requests, then answers. */
export const refusesFirst =
  (times: number, refuse: Script): Script =>
  (answer, request) =>
    answer.nth < times ? refuse(answer, request) : complete(answer, request);

/** Calls a function, and answers when it has the result. */
export const callsWeather: Script = async (answer) => {
  if (answer.nth === 0)
    await answer.say(call("weather", '{"city":"Rome"}'), finish("tool_calls", { output: 12 }), sentinel);
  else await answer.say(text("Sunny"), text("."), finish("stop", { output: 2, prompt: 30 }), sentinel);
  answer.end();
};

/** So that clients try again at once. */
export const atOnce = { "retry-after-ms": "1" };
