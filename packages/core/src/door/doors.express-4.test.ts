import { describeDoor } from "../test-support/describe-door.ts";

describeDoor("Express 4");
