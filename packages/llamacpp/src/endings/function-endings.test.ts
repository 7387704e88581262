import { checkEndings } from "../test-support/endings/check-endings.ts";
import { functionRows } from "../test-support/endings/function-rows.ts";

checkEndings("a function call", functionRows);
