import { describeTables } from "./test-support/describe-table.ts";
import { guestHosts, guests } from "./test-support/guests.ts";

// on 20 most of what differs was found; the other releases play them in the long tests
describeTables({ majors: [20], folders: guests, hosts: guestHosts });
