import { describeClients } from "./test-support/describe-clients.ts";

/** Each ending by each client that can play it, on each release. */
describeClients([20, 22, 24], true);
