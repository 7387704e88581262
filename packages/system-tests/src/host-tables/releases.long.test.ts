import { describeFaults, describeTables } from "./test-support/describe-table.ts";
import { guestHosts, guests } from "./test-support/guests.ts";
import { hosts } from "./test-support/stage/hosts.ts";

/** Everything, on the releases of Node that the other tables leave out. */
const majors = [22, 26];

describeTables({ majors, folders: guests, hosts: Object.keys(hosts) });
describeTables({ majors: [24], folders: guests, hosts: guestHosts });
describeFaults({ majors, hosts: ["node:http", "Express 5", "Fastify"] });
