import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { type Place, sql } from "@octavo/database";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpSchema, openMigrator } from "./index.ts";
import { loansDigest, loansOne, loansTwo, someLoans } from "./testing/loans.ts";

const script = fileURLToPath(new URL("testing/migrate-process.ts", import.meta.url));
const rows = 1000;
/** Of the processes that are killed. */
const LEASE_MS = 300;
/** Each moment takes more than a second: every fourth one, and all of them in the build. */
const every = process.env["OCTAVO_HA"] === undefined ? 4 : 1;
const seed = Number(process.env["OCTAVO_TEST_SEED"] ?? 1);

let opened: ModuleDatabases;
/** Nothing is lost, nothing done twice, and nobody can tell it from a tenant that was made at once. */
interface Outcome {
  readonly dump: readonly string[];
  readonly digest: unknown;
  /** Rows that each backfill has changed. */
  readonly changed: unknown;
}
let expected: Outcome;
/** Of a migration that nobody killed. */
let events: number;
let tenants = 0;

beforeAll(async () => {
  opened = await moduleDatabases({ modules: [], tenants: [] });
  const whole = await installed();
  const [answer] = await migrated(whole, 0);
  if (answer?.migrated.ok !== true) throw new Error(JSON.stringify(answer));
  ({ events } = answer);
  const fresh = newTenant();
  await migratorHere().migrate(fresh.place, loansTwo, { from: null });
  expected = {
    ...(await outcome(whole.place)),
    dump: (await outcome(fresh.place)).dump,
    changed: [{ rows }, { rows }],
  };
});
afterAll(() => opened.close());

describe("an instance that is killed while it migrates", () => {
  it(
    "leaves what another one brings to the end, after whichever step, batch or part it was",
    { timeout: 300_000 },
    async () => {
      expect(events).toBeGreaterThan(25);
      for (let killAt = 1; killAt <= events; killAt += every) {
        const tenant = await installed();
        expect(await migrated(tenant, killAt)).toEqual([]);
        expect(await resumed(tenant.place)).toEqual(expected);
      }
    },
  );

  // Moments within a statement or a transaction; the whole takes about a second beside others.
  it.each(delays(6))(
    "leaves what another one brings to the end, %i ms after it began",
    { timeout: 60_000 },
    async (ms) => {
      const tenant = await installed();
      const child = start(tenant, 0);
      const ended = once(child, "exit");
      await delay(ms); // the moment is what this is about
      child.kill("SIGKILL");
      await ended;
      expect(await resumed(tenant.place)).toEqual(expected);
    },
  );
});

/** The lease of the killed one ends by itself. */
async function resumed(place: Place): Promise<Outcome> {
  for (;;) {
    const answer = await migratorHere().migrate(place, loansTwo, { from: loansOne.version });
    if (answer.ok) return outcome(place);
    if (answer.error.kind !== "held" || answer.error.retryAfterMs > LEASE_MS)
      throw new Error(JSON.stringify(answer.error));
    await delay(answer.error.retryAfterMs + 10);
  }
}

async function outcome(place: Place): Promise<Outcome> {
  return opened.provisioner.tx(place, async (tx) => ({
    dump: await dumpSchema(tx, place),
    digest: await tx.row(loansDigest),
    changed: await tx.rows(
      sql`select (progress ->> 'changed')::int as rows from octavo_step where kind = 'backfill'`,
    ),
  }));
}

interface Answer {
  readonly events: number;
  readonly migrated: { readonly ok: boolean };
}

interface Tenant {
  readonly id: string;
  readonly place: Place;
}

function newTenant(): Tenant {
  tenants += 1;
  const id = `killed${tenants}`;
  return { id, place: opened.databases.place(id, "octavo-loans") };
}

function migratorHere(): ReturnType<typeof openMigrator> {
  return openMigrator({ provisioner: opened.provisioner, instanceId: "here", batchRows: 400 });
}

async function installed(): Promise<Tenant> {
  const tenant = newTenant();
  const first = await migratorHere().migrate(tenant.place, loansOne, { from: null });
  if (!first.ok) throw new Error(first.error.message);
  await opened.provisioner.tx(tenant.place, (tx) => tx.run(someLoans(rows)));
  return tenant;
}

function start({ id }: Tenant, killAt: number): ChildProcess {
  const args = [script, opened.url, opened.adminUrl, id, String(killAt)];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

/** @returns the answer of the process, nothing where it was killed */
async function migrated(tenant: Tenant, killAt: number): Promise<readonly Answer[]> {
  const child = start(tenant, killAt);
  let output = "";
  child.stdout?.on("data", (data: Buffer) => {
    output += data.toString();
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null]; // as Node documents the event
  if (signal !== (killAt === 0 ? null : "SIGKILL")) throw new Error(`it ended by itself: ${output}`);
  return output === "" ? [] : [JSON.parse(output) as Answer]; // of our own process
}

/** Random, the same for the same seed (OCTAVO_TEST_SEED). */
function delays(count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return 200 + (state % 900);
  });
}
