import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBlocks } from "../history/blocks.ts";
import { addRecordedSeries } from "../history/recorded.ts";
import { alertsAt } from "./alerts.ts";
import type { TimeSpan } from "./answers.ts";
import { demoScrape, drivenDemo } from "./demo/demo.ts";
import { type AlertRule, httpApi } from "./http-api.ts";
import type { PictureOptions } from "./options.ts";
import { servePrometheus } from "./prometheus.ts";

/** Where the figures of the pictures come from. */
export interface Source {
  readonly url: string;
  readonly span: TimeSpan;
  readonly scrape: number;
  readonly alerts: readonly AlertRule[];
  close(): Promise<void>;
}

type Say = (line: string) => void;

/** The Prometheus that was named, one with a made history, or one that has seen the demo driven. */
export async function openSource(options: PictureOptions, say: Say): Promise<Source> {
  const { minutes, prometheus, fleet } = options;
  if (fleet !== undefined) return await fleetSource(fleet, options, say);
  const spanTo = (to: number): TimeSpan => ({ from: to - minutes * 60, to });
  if (prometheus !== undefined) {
    const url = prometheus.replace(/\/$/, "");
    const alerts = await alertsAt(httpApi(url), options.at);
    return { url, span: spanTo(options.at), scrape: options.scrape, alerts, close: async () => undefined };
  }
  const { to, ...driven } = await drivenDemo(minutes, say);
  return { ...driven, span: spanTo(to), scrape: demoScrape };
}

const fleetScrape = 60;
/** Before what is shown, so that its first points have a rate. */
const leadMinutes = 15;

async function fleetSource(processes: number, { minutes, models }: PictureOptions, say: Say): Promise<Source> {
  const data = await mkdtemp(join(tmpdir(), "aiwatch-fleet-"));
  const remove = () => rm(data, { recursive: true, force: true });
  try {
    const to = Math.floor(Date.now() / 1000 / fleetScrape) * fleetScrape;
    const span = { from: to - minutes * 60, to };
    const plan = { processes, models, from: span.from - leadMinutes * 60, to, step: fleetScrape };
    say(`making the history of ${processes} processes`);
    const { series, samples, bytes } = await makeBlocks(plan, data);
    say(`${series} series, ${samples} samples, ${Math.round(bytes / 1e6)} MB of text`);
    await addRecordedSeries(data, plan);
    const prometheus = await servePrometheus({ scrape: fleetScrape, data });
    const alerts = await alertsAt(httpApi(prometheus.url), to);
    const close = () => prometheus.close().then(remove);
    return { url: prometheus.url, span, scrape: fleetScrape, alerts, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
