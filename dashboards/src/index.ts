export {
  type CheckPanelsOptions,
  checkPanels,
  type PanelReport,
  type PanelsReport,
  type QueryReport,
} from "./checks/check-panels.ts";
export type { EmptyReason } from "./checks/why-empty.ts";
export { ServerError } from "./servers/json-server.ts";
