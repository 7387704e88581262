import { describeClients } from "./test-support/describe-clients.ts";

describeClients([22]);
