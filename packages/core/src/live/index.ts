export type { LiveStream } from "../routes/handlers.ts";
export { type LiveOptions, liveStream } from "./live-stream.ts";
