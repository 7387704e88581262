import { recorded } from "../recorded.ts";

/** No job has a fixed name: a job that served AIWatch's metrics within a day is one of ours. The recorded series is one a job. */
export const isOurs = `present_over_time(${recorded.processes.name}[1d])`;

/**
 * `up` of every target, but for other programs that share a job of ours: those that answered and never showed AIWatch's metrics. One that has not answered
 * yet is ours if its job is: a process that ends before its first scrape is told of, too.
 */
export const ourUp = `up unless on (job, instance) ${recorded.lastShown.name} == 0`;

/** Jobs of which nothing that is ours answers. */
export const allDown = `sum by (job) (${ourUp}) == 0`;
