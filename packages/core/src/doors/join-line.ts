import { type HostLine, type LineIds, unbound } from "../request/host-line.ts";
import type { FastifyLike, FastifyReplyLike, FastifyRequestLike } from "./fastify-like.ts";

/** What decides on Fastify's lines, from 5.8 on. */
interface LogController {
  isLogDisabled(request: FastifyRequestLike): boolean;
}

/**
 * Fastify's line of a request gains the ids: the request's logger becomes a child that names them.
 * @returns undefined where logging is off: its loggers are there whether they write or not
 */
export function joinLine(
  fastify: FastifyLike,
  request: FastifyRequestLike,
  reply: FastifyReplyLike,
  idsOf: () => LineIds,
): HostLine | undefined {
  const { log } = request;
  if (log.level === undefined || log.level === "silent") return undefined;
  request.log = log.child(unbound(idsOf(), log));
  reply.log = request.log;
  // Fastify writes it at `finish`, and it may wait for asynchronous hooks
  const isWritten = (finished: boolean) =>
    finished && log.isLevelEnabled?.("info") !== false && !isDisabled(fastify, request);
  return { isWritten };
}

function isDisabled(fastify: FastifyLike, request: FastifyRequestLike): boolean {
  const controller = logController(fastify);
  return controller === undefined
    ? fastify.initialConfig.disableRequestLogging === true
    : controller.isLogDisabled(request) === true;
}

/** It is kept by the outermost instance, under a symbol that is not exported. */
function logController(fastify: FastifyLike): LogController | undefined {
  for (let holder: object | null = fastify; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const key = Object.getOwnPropertySymbols(holder).find(({ description }) => description === "fastify.logController");
    if (key !== undefined) return Reflect.get(holder, key);
  }
  return undefined;
}
