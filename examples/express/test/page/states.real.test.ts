import { describeStates } from "./test-support/describe-states.ts";

describeStates();
