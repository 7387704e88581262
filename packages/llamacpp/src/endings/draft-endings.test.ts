import { checkEndings } from "../test-support/endings/check-endings.ts";
import { draftRows } from "../test-support/endings/draft-rows.ts";

checkEndings("speculation", draftRows);
