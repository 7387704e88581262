// the same on 3.x, whose SDK no longer exports the packages that it is made of
import * as otlp from "@opentelemetry/exporter-trace-otlp-proto";
import * as resources from "@opentelemetry/resources";
import * as sdkNode from "@opentelemetry/sdk-node";
import * as sdkTrace from "@opentelemetry/sdk-trace";
import { prettyFactory } from "pino-pretty";
import { runChat } from "./chat.mjs";

const sdk = {
  "@opentelemetry/sdk-node": sdkNode,
  "@opentelemetry/sdk-trace": sdkTrace,
  "@opentelemetry/resources": resources,
  "@opentelemetry/exporter-trace-otlp-proto": otlp,
};
void runChat({ sdk, prettyFactory });
