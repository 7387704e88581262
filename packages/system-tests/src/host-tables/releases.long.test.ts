import { describeFaults, describeTables } from "./test-support/describe-table.ts";
import { guests } from "./test-support/guests.ts";
import { hosts } from "./test-support/stage/hosts.ts";

/** Everything on every release of Node: of what the other tables play each case on each host runs on one release of two. */
const majors = [20, 22, 24, 26];

describeTables({ majors, folders: guests, hosts: Object.keys(hosts), isWhole: true });
describeFaults({ majors, hosts: ["node:http", "Express 5", "Fastify"], isWhole: true });
