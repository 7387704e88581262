import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { type TestServer, testServer } from "@aiwatch/testkit";

export interface FakeGrafana extends TestServer {
  /** By uid: what was saved, with the number and the version that Grafana adds. */
  readonly dashboards: Map<string, { dashboard: Record<string, unknown>; folderUid: string; provisioned?: boolean }>;
  readonly folders: { uid: string; title: string }[];
  /** Each request that changes something: `POST /api/folders`. */
  readonly writes: string[];
  /** The next answer to a question such as `GET /api/folders`, in place of the usual one. */
  answerNext(question: string, status: number, body: object): void;
}

export const goodToken = "glsa_good";

/** What is documented of Grafana's HTTP API, as far as an import uses it: no Grafana runs here. */
export async function fakeGrafana({ below = "" } = {}): Promise<FakeGrafana> {
  const state = { dashboards: new Map(), folders: [], writes: [], planned: new Map() } as FakeState;
  const server = await testServer((request, response) => void answer(request, response, state, below));
  return Object.assign(server, state, {
    answerNext: (question: string, status: number, body: object) => state.planned.set(question, { status, body }),
  });
}

interface FakeState extends Pick<FakeGrafana, "dashboards" | "folders" | "writes"> {
  readonly planned: Map<string, { status: number; body: object }>;
}

async function answer(request: IncomingMessage, response: ServerResponse, state: FakeState, below: string) {
  const { method = "GET", url = "/" } = request;
  const path = url.split("?")[0]?.slice(below.length) ?? "";
  const body = method === "POST" ? ((await json(request)) as SaveBody) : undefined;
  if (body !== undefined) state.writes.push(`${method} ${path}`);
  const question = `${method} ${path}`;
  const planned = state.planned.get(question);
  state.planned.delete(question);
  const { status, body: said } = planned ?? route(question, request, state, body);
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8" });
  response.end(JSON.stringify(said));
}

interface SaveBody {
  readonly title?: string;
  readonly dashboard?: Record<string, unknown>;
  readonly folderUid?: string;
  readonly overwrite?: boolean;
}

function route(question: string, request: IncomingMessage, state: FakeState, body: SaveBody = {}) {
  if (question === "GET /api/health") return ok({ database: "ok", version: "12.3.0", commit: "abc" });
  if (request.headers.authorization !== `Bearer ${goodToken}`) return say(401, "Invalid API key");
  if (question === "GET /api/folders") return ok(state.folders);
  if (question === "POST /api/folders") return ok(addFolder(state, body));
  if (question === "POST /api/dashboards/db") return save(state, body);
  const uid = /^GET \/api\/dashboards\/uid\/(.+)$/.exec(question)?.[1] ?? "";
  const found = state.dashboards.get(uid);
  if (found === undefined) return say(404, "Dashboard not found");
  const { dashboard, folderUid, provisioned = false } = found;
  const folderTitle = state.folders.find((folder) => folder.uid === folderUid)?.title;
  return ok({ dashboard, meta: { folderUid, folderTitle, provisioned } });
}

const ok = (body: object) => ({ status: 200, body });
const say = (status: number, message: string, more = {}) => ({ status, body: { message, ...more } });

function addFolder(state: FakeState, { title = "" }: SaveBody) {
  const folder = { uid: `folder-${state.folders.length + 1}`, title };
  state.folders.push(folder);
  return folder;
}

function save(state: FakeState, { dashboard = {}, folderUid = "", overwrite = false }: SaveBody) {
  const uid = String(dashboard["uid"]);
  const before = state.dashboards.get(uid);
  if (!state.folders.some((folder) => folder.uid === folderUid)) return say(404, "folder not found");
  if (dashboard["title"] === "") return say(422, "Dashboard title cannot be empty");
  const mismatch = { status: "version-mismatch" };
  if (before && !overwrite) return say(412, "The dashboard has been changed by someone else", mismatch);
  const version = Number(before?.dashboard["version"] ?? 0) + 1;
  state.dashboards.set(uid, { dashboard: { ...dashboard, id: 7, version }, folderUid });
  return ok({ id: 7, uid, url: `/d/${uid}/board`, status: "success", version, slug: "board" });
}
