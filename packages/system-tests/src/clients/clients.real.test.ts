import { describeClients } from "./test-support/describe-clients.ts";

describeClients([20, 24]);
