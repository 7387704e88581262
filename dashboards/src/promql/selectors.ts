import type { SyntaxNode, TreeCursor } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

export interface LabelMatcher {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  /** Unquoted. */
  readonly value: string;
  /** As it is written: `job=~"a|b"`. */
  readonly text: string;
}

/** A place in an expression that reads series: `name{matchers}[range]`. */
export interface Selector {
  /** Empty where the name is none of the expression's words. */
  readonly metric: string;
  readonly matchers: readonly LabelMatcher[];
  /** The function that is called on it, where it is called on nothing else; empty elsewhere. */
  readonly call: string;
  /** The range without its brackets; empty for an instant vector. */
  readonly range: string;
}

/** What an expression in PromQL reads, and what is wrong with its grammar. */
export interface ParsedExpression {
  readonly selectors: readonly Selector[];
  /** The first place that is no PromQL, as it is written; absent where the grammar is right. */
  readonly fault?: string;
}

/** Reads an expression whose variables are filled in, by the grammar of Prometheus's own web page. */
export function parsePromql(expression: string): ParsedExpression {
  const selectors: Selector[] = [];
  let fault: string | undefined;
  const cursor = parser.parse(expression).cursor();
  do {
    if (cursor.type.isError) fault ??= faultAt(cursor, expression);
    if (cursor.name === "VectorSelector") selectors.push(selectorOf(cursor.node, expression));
  } while (cursor.next());
  return { selectors, ...(fault !== undefined && { fault }) };
}

function faultAt({ from, to }: TreeCursor, expression: string): string {
  const text = expression.slice(from, Math.max(to, from + 20));
  return text === "" ? "the end" : `"${text}"`;
}

function selectorOf(node: SyntaxNode, expression: string): Selector {
  const textOf = (found: SyntaxNode | null) => (found === null ? "" : expression.slice(found.from, found.to));
  const matrix = node.parent?.name === "MatrixSelector" ? node.parent : undefined;
  return {
    metric: textOf(node.getChild("Identifier")),
    matchers: (node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []).map((matcher) => ({
      label: textOf(matcher.getChild("LabelName")),
      operator: textOf(matcher.getChild("MatchOp")) as LabelMatcher["operator"],
      value: unquoted(textOf(matcher.getChild("StringLiteral"))),
      text: textOf(matcher),
    })),
    call: callOn(matrix ?? node, textOf),
    range: matrix === undefined ? "" : textOf(matrix.getChild("DurationExpr")),
  };
}

/** What says when a selector is read, and stands around it. */
const modifiers = ["OffsetExpr", "StepInvariantExpr"];

function callOn(node: SyntaxNode, textOf: (found: SyntaxNode | null) => string): string {
  if (node.parent !== null && modifiers.includes(node.parent.name)) return callOn(node.parent, textOf);
  const call = node.parent?.name === "FunctionCallBody" ? node.parent.parent : null;
  return call?.name === "FunctionCall" ? textOf(call.getChild("FunctionIdentifier")) : "";
}

/** A PromQL string without its quotes and escapes. Those that the boards write are JSON's. */
function unquoted(literal: string): string {
  if (!literal.startsWith('"')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal.slice(1, -1);
  }
}
