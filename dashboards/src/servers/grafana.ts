import { type JsonAnswer, type JsonServer, type JsonServerOptions, jsonServer, ServerError } from "./json-server.ts";
import { type Is, isAbsentOr, isListOf, isRecord, isText, type Shape } from "./shape.ts";

export interface GrafanaOptions extends Omit<JsonServerOptions, "product" | "headers"> {
  /** A service account's token, whose role is Editor. */
  readonly token: string;
}

export interface GrafanaFolder {
  readonly uid: string;
  readonly title: string;
}

export interface StoredDashboard {
  readonly dashboard: Readonly<Record<string, unknown>>;
  readonly meta: { readonly folderUid?: string; readonly folderTitle?: string; readonly provisioned?: boolean };
}

/** What an import asks of Grafana's HTTP API. Each call throws ServerError. */
export interface Grafana {
  readonly url: string;
  /** The folder of the first level with a title; absent where there is none. */
  findFolder(title: string): Promise<GrafanaFolder | undefined>;
  createFolder(title: string): Promise<GrafanaFolder>;
  /** Absent where no dashboard has the uid. */
  dashboard(uid: string): Promise<StoredDashboard | undefined>;
  /** Creates a dashboard, or puts it in the place of the one with its uid. @returns its path, `/d/…` */
  save(dashboard: object, folderUid: string): Promise<string>;
}

/**
 * @throws ServerError nobody answers, no Grafana answers, or it refuses the token
 */
export async function connectGrafana({ token, ...options }: GrafanaOptions): Promise<Grafana> {
  const server = jsonServer({ ...options, product: "Grafana", headers: { authorization: `Bearer ${token}` } });
  await recognise(server);
  return {
    url: server.url,
    findFolder: (title) => findFolder(server, title),
    createFolder: (title) => createFolder(server, title),
    async dashboard(uid) {
      const answer = await server.ask(`/api/dashboards/uid/${encodeURIComponent(uid)}`);
      return answer.status === 404 ? undefined : bodyOf(answer, server, `read the dashboard ${uid}`, stored);
    },
    async save(dashboard, folderUid) {
      const body = {
        dashboard: { ...dashboard, id: null },
        folderUid,
        overwrite: true,
        message: "@aiwatch/dashboards import",
      };
      const answer = await server.ask("/api/dashboards/db", { body });
      const { uid } = dashboard as { uid?: string };
      return bodyOf(answer, server, `save the dashboard ${uid}`, saved).url;
    },
  };
}

/** `/api/health` needs no token: who answers it in this way is a Grafana, whatever it thinks of ours. */
async function recognise(server: JsonServer): Promise<void> {
  const { body, summary } = await server.ask("/api/health");
  if (typeof body === "object" && body !== null && "database" in body) return;
  const message = `${server.url} is no Grafana: GET /api/health answers ${summary}. Give the URL that Grafana has in a browser, without /d/…`;
  throw new ServerError("AIWATCH_WRONG_SERVER", message);
}

const isFolder: Is<GrafanaFolder> = (value): value is GrafanaFolder =>
  isRecord(value) && isText(value["uid"]) && isText(value["title"]);

const isMeta: Is<StoredDashboard["meta"]> = (value): value is StoredDashboard["meta"] =>
  isRecord(value) && isAbsentOr(isText)(value["folderUid"]) && isAbsentOr(isText)(value["folderTitle"]);

const isStored: Is<StoredDashboard> = (value): value is StoredDashboard =>
  isRecord(value) && isRecord(value["dashboard"]) && isMeta(value["meta"]);

const isSaved: Is<{ readonly url: string }> = (value): value is { readonly url: string } =>
  isRecord(value) && isText(value["url"]);

const folder: Shape<GrafanaFolder> = { is: isFolder, called: "a folder" };
const folders: Shape<GrafanaFolder[]> = { is: isListOf(isFolder), called: "a list of folders" };
const stored: Shape<StoredDashboard> = { is: isStored, called: "a dashboard with its folder" };
const saved: Shape<{ readonly url: string }> = { is: isSaved, called: "a saved dashboard's address" };

const foldersAPage = 1000;

async function findFolder(server: JsonServer, title: string): Promise<GrafanaFolder | undefined> {
  for (let page = 1; ; page += 1) {
    const answer = await server.ask(`/api/folders?limit=${foldersAPage}&page=${page}`);
    const some = bodyOf(answer, server, "list the folders", folders);
    const found = some.find((one) => one.title === title);
    if (found !== undefined || some.length < foldersAPage) return found;
  }
}

/** Somebody else may create it meanwhile: then theirs is the one. */
async function createFolder(server: JsonServer, title: string): Promise<GrafanaFolder> {
  const answer = await server.ask("/api/folders", { body: { title } });
  const theirs = answer.status === 409 || answer.status === 412 ? await findFolder(server, title) : undefined;
  return theirs ?? bodyOf(answer, server, `create the folder "${title}"`, folder);
}

function bodyOf<Body>(answer: JsonAnswer, server: JsonServer, intent: string, { is, called }: Shape<Body>): Body {
  const { status, body, summary } = answer;
  if (status === 200 && is(body)) return body;
  if (status === 200) {
    const message = `${server.url} is no Grafana that we know: asked to ${intent}, it answers ${summary} that is not ${called}`;
    throw new ServerError("AIWATCH_WRONG_SERVER", message);
  }
  const { message, status: kind } = isRecord(body) ? body : {};
  const said = [message, kind && `(${kind})`].filter((part) => isText(part) && part !== "").join(" ") || summary;
  const text = `Grafana at ${server.url} does not let us ${intent}: ${status}, ${said}. ${remedyOf(status)}`;
  throw new ServerError("AIWATCH_SERVER_REFUSED", text.trim());
}

function remedyOf(status: number): string {
  if (status === 401) return "The token is wrong or has expired: create one under Administration, Service accounts";
  if (status === 403)
    return "The token's role has to be Editor: it needs folders:read, folders:create, dashboards:read, dashboards:create and dashboards:write";
  if (status === 404) return "The folder may have been removed meanwhile: run it again";
  if (status === 412)
    return "Somebody changed it meanwhile, or a plugin owns it: look at it in Grafana, and run it again";
  return "";
}
