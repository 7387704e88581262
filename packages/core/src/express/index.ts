export type { RouteName, RouteOptions, RoutePaths } from "../routes/own-routes.ts";
export { type AiwatchExpressOptions, aiwatchExpress, type ExpressMiddleware } from "./aiwatch-express.ts";
