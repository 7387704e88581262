import { describeDoor } from "../test-support/describe-door.ts";

describeDoor("node:http");
