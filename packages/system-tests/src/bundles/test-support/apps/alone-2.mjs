// for a bundle with nothing beside it, on OpenTelemetry 2.x
import * as otlp from "@opentelemetry/exporter-trace-otlp-proto";
import * as sdkNode from "@opentelemetry/sdk-node";
import { prettyFactory } from "pino-pretty";
import { runChat } from "./chat.mjs";

const sdk = { "@opentelemetry/sdk-node": sdkNode, "@opentelemetry/exporter-trace-otlp-proto": otlp };
void runChat({ sdk, prettyFactory });
