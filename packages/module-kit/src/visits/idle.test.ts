import { setTimeout as wait } from "node:timers/promises";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pushSteps } from "../identity-pushes/push-steps.ts";
import { identityPushes } from "../identity-pushes/index.ts";
import { jobSteps } from "../jobs/job-steps.ts";
import { jobs } from "../jobs/index.ts";
import { outbox } from "../outbox/index.ts";
import { outboxSteps } from "../outbox/outbox-steps.ts";
import { visitsOf } from "./visits-of.ts";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";

/** For what somebody waits a moment here, as nothing is to happen. */
const LOOKED_AT_MS = 3000;
/** A look into home each second, and a visit that each tenant gets once for each errand. Looking all the time is some thousand. */
const MOST_TRANSACTIONS = 150;

let kit: KitDatabases;
beforeAll(async () => {
  kit = await kitDatabases(["north", "south"], [...outboxSteps, ...pushSteps, ...jobSteps]);
});
afterAll(() => kit.close());

async function transactions(): Promise<number> {
  const [row] = await query(
    kit.adminUrl,
    "select pg_stat_clear_snapshot(), xact_commit as done from pg_stat_database where datname = current_database()",
  );
  return Number(row?.["done"]);
}

it("an instance with nothing to do asks the database now and then", async () => {
  const running = kit.running();
  const parts = [
    outbox({ transport: () => ({ send: () => Promise.resolve() }) }),
    identityPushes(),
    jobs([]),
  ];
  const stops = parts.map((part) => part.start?.(running));
  const visits = visitsOf(running);
  for (const tenantId of ["north", "south"])
    for (const each of visits.errandNames) visits.wake(tenantId, each, 0);
  const before = await transactions();
  await wait(LOOKED_AT_MS);
  const done = (await transactions()) - before;
  for (const stop of stops) await (await stop)?.();
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(MOST_TRANSACTIONS);
});
