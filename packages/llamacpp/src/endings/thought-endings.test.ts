import { checkEndings } from "../test-support/endings/check-endings.ts";
import { thoughtRows } from "../test-support/endings/thought-rows.ts";

checkEndings("a thought", thoughtRows);
