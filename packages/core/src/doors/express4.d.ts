/** Other releases of Express beside the newest, for the tests: their types are those of 5 as far as they go here. */
declare module "express4" {
  export { default } from "express";
}
declare module "express4-18" {
  export { default } from "express";
}
declare module "express5-0" {
  export { default } from "express";
}
