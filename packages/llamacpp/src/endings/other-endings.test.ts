import { checkEndings } from "../test-support/endings/check-endings.ts";
import { otherRows } from "../test-support/endings/other-rows.ts";

checkEndings("another call", otherRows);
