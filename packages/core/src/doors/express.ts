export type { OutsideParents } from "../request/outside-parents.ts";
export type { RouteName } from "../routes/handlers.ts";
export type { RouteOptions, RoutePaths } from "../routes/own-routes.ts";
export { type AiwatchExpressOptions, aiwatchExpress, type ExpressMiddleware } from "./aiwatch-express.ts";
export type { DoorOptions } from "./door.ts";
