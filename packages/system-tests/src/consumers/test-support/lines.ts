import { type Resolution, resolutions } from "./type-check.ts";

/** What an app has before us. The ranges that OpenTelemetry's two lines take of the API do not meet: an app is on one of them. */
export interface Line {
  readonly title: string;
  /** By package: a release. */
  readonly peers: Readonly<Record<string, string>>;
  /** Majors of Node. */
  readonly nodes: readonly number[];
  /** How TypeScript resolves modules. */
  readonly resolutions: readonly Resolution[];
}

/** node-llama-cpp's build of llama.cpp for this machine's processor, which is an optional package of it. */
const engine = `@node-llama-cpp/${engineName()}`;

const newest = {
  "prom-client": "15.1.3",
  pino: "10.4.0",
  express: "5.3.0",
  fastify: "5.12.8",
  "node-llama-cpp": "3.22.1",
  [engine]: "3.22.1",
  "@types/express": "5.0.6",
  "@types/node": "24.19.2",
};

export const lines: readonly Line[] = [
  {
    title: "api 1.9, OpenTelemetry 2.x",
    peers: { ...newest, ...openTelemetry("1.9.1", "0.223.0") },
    nodes: [20, 22, 24, 26],
    resolutions,
  },
  {
    title: "api 1.10, OpenTelemetry 3.x, which is not for Node 20",
    peers: { ...newest, ...openTelemetry("1.10.0", "0.301.0") },
    nodes: [22, 24, 26],
    resolutions,
  },
  {
    title: "the oldest release of each peer",
    peers: {
      ...openTelemetry("1.9.0", "0.200.0"),
      "prom-client": "15.1.0",
      pino: "9.0.0",
      express: "4.18.0",
      fastify: "5.0.0",
      "node-llama-cpp": "3.6.0",
      [engine]: "3.6.0",
      "@types/express": "4.17.21",
      "@types/node": newest["@types/node"],
    },
    nodes: [20],
    resolutions: ["nodenext"],
  },
];

/** No more than what we cannot do without. */
export const requiredPeers = {
  "@opentelemetry/api": "1.9.1",
  "prom-client": newest["prom-client"],
  pino: newest.pino,
  "@types/node": newest["@types/node"],
};

function openTelemetry(api: string, sdk: string): Record<string, string> {
  return {
    "@opentelemetry/api": api,
    "@opentelemetry/sdk-node": sdk,
    "@opentelemetry/instrumentation-http": sdk,
  };
}

function engineName(): string {
  const { platform, arch } = process;
  if (platform === "darwin") return arch === "arm64" ? "mac-arm64-metal" : "mac-x64";
  return `${platform === "win32" ? "win" : platform}-${arch}`;
}
