import { chatRows } from "../test-support/endings/chat-rows.ts";
import { checkEndings } from "../test-support/endings/check-endings.ts";

checkEndings("a chat", chatRows);
