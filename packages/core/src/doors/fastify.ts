export type { OutsideParents } from "../request/outside-parents.ts";
export { type AiwatchFastifyOptions, aiwatchFastify } from "./aiwatch-fastify.ts";
export type { DoorOptions } from "./door.ts";
export type {
  Done,
  FastifyLike,
  FastifyLoggerLike,
  FastifyPluginLike,
  FastifyReplyLike,
  FastifyRequestLike,
} from "./fastify-like.ts";
