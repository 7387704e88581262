import { recorded } from "../recorded.ts";

/** No job has a fixed name: a job that served AIWatch's metrics within a day is one of ours. The recorded series is one a job. */
export const isOurs = `present_over_time(${recorded.processes.name}[1d])`;
