import { describeTables } from "./test-support/describe-table.ts";
import { guestHosts, guests } from "./test-support/guests.ts";

/**
 * Each exchange on every other host that it can be played on, in turn. On 20 most of what differs was found. All of it, on all releases, in the
 * long tests.
 */
describeTables({ majors: [20], folders: guests, hosts: guestHosts, turns: 2 });
