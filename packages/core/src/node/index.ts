export type { DoorOptions } from "../door/door.ts";
export type { OutsideParents } from "../request/outside-parents.ts";
export { type AiwatchNodeOptions, aiwatchNode, type RequestListener } from "./aiwatch-node.ts";
