/** Express 4 beside 5, for the tests: its types are those of 5 as far as they go here. */
declare module "express4" {
  export { default } from "express";
}
