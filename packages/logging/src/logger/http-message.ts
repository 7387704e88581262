import { ClientRequest, IncomingMessage, OutgoingMessage } from "node:http";

/**
 * What is shown of Node's requests and responses. As they are, a line would hold all of their insides: the raw headers, with every
 * credential, in a list that no name leads to. `undefined` for everything else.
 */
export function plainMessage(value: object): Record<string, unknown> | undefined {
  if (value instanceof IncomingMessage) {
    const { method, url, statusCode, headers } = value;
    return { method, url: pathOf(url), statusCode: statusCode ?? undefined, headers };
  }
  if (!(value instanceof OutgoingMessage)) return undefined;
  const headers = value.getHeaders();
  if (value instanceof ClientRequest) return { method: value.method, url: pathOf(value.path), headers };
  return { statusCode: Reflect.get(value, "statusCode"), headers };
}

/** Without query and fragment, and without the credentials of an absolute URL, which both servers and proxies are asked for. */
function pathOf(url: string | undefined): string | undefined {
  return url?.replace(/[?#].*$/s, "").replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, "$1");
}
