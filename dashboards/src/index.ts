export {
  type CheckPanelsOptions,
  checkPanels,
  type PanelReport,
  type PanelsReport,
  type QueryReport,
  UnknownBoardError,
} from "./checks/check-panels.ts";
export type { EmptyReason } from "./checks/why-empty.ts";
export {
  type AlertRule,
  type RecordingRule,
  type RuleGroup,
  RulesOptionError,
  type RulesOptions,
  rulesFor,
  rulesYaml,
} from "./rules/index.ts";
export { ServerError } from "./servers/json-server.ts";
