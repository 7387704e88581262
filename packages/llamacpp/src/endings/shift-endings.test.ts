import { checkEndings } from "../test-support/endings/check-endings.ts";
import { shiftRows } from "../test-support/endings/shift-rows.ts";

checkEndings("a context shift", shiftRows);
