export { type AiwatchNodeOptions, aiwatchNode, type RequestListener } from "./aiwatch-node.ts";
