import { catalogue } from "@aiwatch/core";
import { quantile } from "../../promql/histograms.ts";
import { quantiles } from "../quantiles.ts";

const { queueTime } = catalogue;

export const queueTimes = (width: number) =>
  quantiles({
    title: "Queue time",
    sentence: "How long an inference waits until the engine takes it up.",
    row: queueTime,
    quantile: (q) => quantile(q, queueTime, ["model"]),
    width,
  });
