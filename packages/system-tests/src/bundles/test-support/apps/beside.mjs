// for a bundle with node_modules beside it: the SDK and pino-pretty are found there
import { runChat } from "./chat.mjs";

void runChat();
