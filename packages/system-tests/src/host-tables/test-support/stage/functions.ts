import type { RequestListener } from "node:http";
import type { FastifyInstance } from "fastify";
import { type AskOptions, casePath } from "../client/ask.ts";
import { loadFrom } from "./load.ts";

/** Plays a client's part where no bytes are sent. @returns the answer as text */
export type Invoke = (ask: AskOptions) => Promise<string>;

interface Answer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly multiValueHeaders?: Readonly<Record<string, unknown>>;
  readonly body?: string;
}

/** How API Gateway tells a function of a request. */
type Lambda = (event: object, context: object) => Promise<Answer>;

export function serverlessHttp(listener: RequestListener, release = "serverless-http"): Invoke {
  type Adapter = (listener: RequestListener) => Lambda;
  return byEvents(loadFrom<Adapter>("guests", release)(listener));
}

export function serverlessExpress(app: RequestListener): Invoke {
  type Adapter = (options: {
    app: RequestListener;
  }) => (event: object, context: object, callback: undefined) => Promise<Answer>;
  const adapter = loadFrom<Adapter>("guests", "@codegenie/serverless-express");
  const serve = adapter({ app });
  return byEvents((event, context) => serve(event, context, undefined));
}

export function fastifyLambda(app: FastifyInstance): Invoke {
  type Adapter = (app: FastifyInstance) => Lambda;
  return byEvents(loadFrom<Adapter>("guests", "@fastify/aws-lambda")(app));
}

export function lightMyRequest(listener: RequestListener): Invoke {
  type Inject = (listener: RequestListener, options: object) => Promise<Answer & { readonly payload: string }>;
  const inject = loadFrom<Inject>("guests", "light-my-request");
  return async ({ method = "GET", path = casePath, headers = [], body }) => {
    const answer = await inject(listener, { method, url: path, headers: fieldsOf(headers), payload: body });
    return shown({ statusCode: answer.statusCode, headers: answer.headers ?? {}, body: answer.payload });
  };
}

function byEvents(serve: Lambda): Invoke {
  return async ({ method = "GET", path = casePath, headers = [], body = "" }) => {
    const fields = fieldsOf(headers);
    const event = {
      httpMethod: method,
      path,
      headers: fields,
      multiValueHeaders: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]])),
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      requestContext: { identity: { sourceIp: "127.0.0.1" } },
      body,
      isBase64Encoded: false,
    };
    return shown(await serve(event, {}));
  };
}

function fieldsOf(headers: readonly string[]): Record<string, string> {
  const pairs = headers.map((line) => line.split(/: ?/, 2) as [string, string]);
  return Object.fromEntries([["host", "x"], ...pairs]);
}

function shown({ statusCode, headers = {}, multiValueHeaders = {}, body = "" }: Answer): string {
  const lines = [...Object.entries(headers), ...Object.entries(multiValueHeaders)].map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `HTTP/1.1 ${statusCode}\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n${body}`;
}
