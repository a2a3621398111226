// Run as a process by start-worker.ts: a WorkerTask as JSON. A module that works at the jobs below.
import { setTimeout as wait } from "node:timers/promises";
import { openDatabases, sql } from "@octavo/database";
import { Type } from "typebox";
import type { Log } from "../definition/log.ts";
import { defineJob } from "../jobs/define-job.ts";
import { jobs } from "../jobs/jobs-part.ts";
import { MODULE, runningModule } from "./running-module.ts";
import type { WorkerTask } from "./start-worker.ts";

const task = JSON.parse(process.argv[2] ?? "") as WorkerTask; // from start-worker.ts
if (task.skewMs !== 0) skewClock(task.skewMs);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => say(`warn ${message} ${JSON.stringify(fields, errorsToo)}`),
  error: (fields, message) => say(`error ${message} ${JSON.stringify(fields, errorsToo)}`),
};

const StepsPayload = Type.Object({ name: Type.String(), steps: Type.Integer() });
/** Writes one row for each step, and how far it is together with it. */
const steps = defineJob<typeof StepsPayload, { readonly at: number }>("steps", {
  payload: StepsPayload,
  run: async (job) => {
    for (let at = job.progress?.at ?? 0; at < job.payload.steps; at += 1) {
      say(`step ${at}`);
      await wait(task.stepMs);
      await job.tx(async (tx, save) => {
        await tx.run(sql`insert into effect (name, step) values (${job.payload.name}, ${at}::int)`);
        await save({ at: at + 1 });
      });
    }
  },
});

/** Writes one row, together with its end. */
const one = defineJob("one", {
  payload: Type.Object({ name: Type.String() }),
  mostAttempts: 20,
  run: async (job) => {
    await wait(task.stepMs);
    await job.finish((tx) => tx.run(sql`insert into effect (name, step) values (${job.payload.name}, 0)`));
  },
});

const databases = await openDatabases({ clusters: { main: { url: task.url, adminUrl: null } } });
const running = runningModule(databases, databases.of(MODULE), log);
const stop = await jobs([steps, one], { leaseSeconds: task.leaseSeconds }).start?.(running);
say("begin");
process.once("SIGTERM", () => {
  void (async () => {
    await stop?.();
    await databases.close();
  })();
});

function skewClock(ms: number): void {
  const right = Date;
  globalThis.Date = class extends right {
    // oxlint-disable-next-line no-restricted-properties -- a wrong clock is what is tested
    static override now = (): number => right.now() + ms;
  } as DateConstructor; // as: called without new it is not used here
}

function errorsToo(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
