import { describeApps, describeWithoutPeers, packFirst } from "./test-support/describe-consumers.ts";

packFirst();
describeApps([20, 24]);
describeWithoutPeers();
