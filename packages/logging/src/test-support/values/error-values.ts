import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { AxiosError, AxiosHeaders } from "axios";
import { canary, rows, secretRows, type ValueRow } from "./row.ts";

class Refused extends Error {
  override readonly name = "Refused";
  readonly code = "E_REFUSED";
}

/** What an SDK of a model's API throws: it has the answer's status and headers, and is no answer. */
class ApiError extends Error {
  readonly status = 401;
  readonly headers = { "set-cookie": canary, "content-type": "application/json" };
  readonly requestID = "r-1";
}

const axiosError = () => {
  const headers = AxiosHeaders.from({ Authorization: `Bearer ${canary}`, Accept: "application/json" });
  const config = {
    method: "post",
    url: `https://ada:${canary}@api.example.com/v1/chat?key=${canary}`,
    headers,
    auth: { username: "ada", password: canary },
    params: { q: canary },
    data: `{"prompt":"${canary}"}`,
  };
  const response = {
    status: 401,
    statusText: "Unauthorized",
    headers: AxiosHeaders.from({ "set-cookie": [`session=${canary}`], "content-type": "application/json" }),
    data: `{"echo":"${canary}"}`,
    config,
  };
  return new AxiosError("Request failed with status code 401", "ERR_BAD_REQUEST", config, undefined, response);
};

const withCanary = () =>
  Object.assign(new Error("upstream"), { apiKey: canary, config: { headers: { cookie: canary } } });

/** Errors of every shape. */
export const errorValues: readonly ValueRow[] = [
  ...rows({
    "an error": () => new Error("the app's"),
    "an error without a message": () => new Error(),
    "a TypeError": () => new TypeError("no"),
    "a class of errors": () => new Refused("no"),
    "an error with a code": () => Object.assign(new Error("no"), { code: "ENOENT", errno: -2, path: "/tmp/x" }),
    "an error with a cause": () => new Error("outer", { cause: new Error("inner") }),
    "an error with a text as cause": () => new Error("outer", { cause: "inner" }),
    "a cause that anybody sees": () => Object.assign(new Error("outer"), { cause: new Error("inner") }),
    "three causes": () => new Error("a", { cause: new Error("b", { cause: new Error("c") }) }),
    "an error that causes itself": () => {
      const error = new Error("circle");
      return Object.assign(error, { self: error });
    },
    "an AggregateError": () => new AggregateError([new Error("a"), new TypeError("b")], "both"),
    "a list of errors": () => [new Error("a"), new Error("b")],
    "an error in another one": () =>
      Object.assign(new Error("outer"), { inner: new Error("inner"), details: { a: 1 } }),
    "an error in an object": () => ({ failure: new Error("x"), count: 1 }),
    "an error that is frozen in a field of its own": () =>
      Object.assign(new Error("x"), { at: Object.freeze({ a: 1 }) }),
    "an error whose stack is gone": () => {
      const error = new Error("x");
      delete error.stack;
      return error;
    },
    "an error whose stack is no text": () => Object.assign(new Error("x"), { stack: 42 }),
    "an error whose message is a number": () => Object.assign(new Error("x"), { message: 42 }),
    "an error with toJSON": () => Object.assign(new Error("x"), { toJSON: () => ({ code: "E", hint: "y" }) }),
    "an error of no class": () => Object.setPrototypeOf(new Error("x"), null),
    "an error of another realm": () => runInNewContext("new TypeError('foreign')"),
    "what looks like an error": () => ({ message: "no error", stack: "none", name: "Fake" }),
    "a DOMException": () => new DOMException("aborted", "AbortError"),
    "an abort's reason": () => AbortSignal.abort().reason,
    "an error of the system": () => {
      try {
        process.kill(2 ** 30, 0);
      } catch (error) {
        return error;
      }
      return undefined;
    },
    "an error with an inspection of its own": () => Object.assign(new Error("x"), { [inspect.custom]: () => canary }),
    "a warning": () => Object.assign(new Error("old"), { name: "DeprecationWarning", code: "DEP0001" }),
    "a text that was thrown": () => "thrown",
  }),
  ...secretRows({
    "a client's error": axiosError,
    "a client's error, in an object": () => ({ failed: { on: axiosError() } }),
    "an error that carries credentials": withCanary,
    "an error in another one that carries them": () => Object.assign(new Error("outer"), { inner: withCanary() }),
    "errors in a list that carry them": () => new AggregateError([withCanary(), withCanary()], "both"),
    "an error's cause that carries them, for anybody to see": () =>
      Object.assign(new Error("o"), { reason: withCanary() }),
    "an API's error": () => new ApiError("refused"),
    "an error with a body": () => Object.assign(new Error("x"), { status: 400, headers: {}, body: canary }),
    "an error five levels deep": () => ({ a: { b: { c: { d: { e: withCanary() } } } } }),
    "an error of another realm that carries them": () =>
      Object.assign(runInNewContext("new Error('foreign')"), { response: { headers: { "x-secret-token": canary } } }),
    "a database's error": () => Object.assign(new Error("x"), { connectionString: `postgres://ada:${canary}@db/x` }),
  }),
];
