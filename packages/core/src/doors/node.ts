export type { OutsideParents } from "../request/outside-parents.ts";
export { type AiwatchNodeOptions, aiwatchNode, type RequestListener } from "./aiwatch-node.ts";
export type { DoorOptions } from "./door.ts";
