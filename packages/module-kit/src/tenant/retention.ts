import { type HomeDatabase, type Place, type Provisioner, sql, TenantUnknown } from "@octavo/database";
import { type Migrator, openTrash, type Step } from "@octavo/migrations";
import type { Log } from "../definition/log.ts";
import { acquireLease, type Lease, releaseLease, renewLease } from "../state/lease.ts";
import { contractsKnownToAll } from "./instance-rows.ts";
import { emptyTrash } from "./trash.ts";

/** For how many days what is no longer used is kept. */
export interface Retention {
  /** From an upgrade until its contracts are done. */
  readonly contractDays: number;
  /** From then, or from a purge, until it is gone for good. */
  readonly trashDays: number;
}

export interface RetentionTools {
  readonly moduleId: string;
  readonly instanceId: string;
  readonly steps: readonly Step[];
  readonly retention: Retention;
  readonly home: HomeDatabase;
  readonly provisioner: Provisioner;
  readonly migrator: Migrator;
  readonly placeOf: (tenantId: string) => Promise<Place>;
  readonly log: Log;
  /** Ends a round between two tenants. */
  readonly signal: AbortSignal;
}

/** What a round has done; each says of which schema. */
export interface RetentionRound {
  readonly contracts: readonly string[];
  /** Schemas of the trash, and contracts whose tables and columns went for good. */
  readonly removed: readonly string[];
}

interface KnownTenant {
  readonly tenantId: string;
  readonly moduleId: string;
  readonly state: string;
}

const LEASE = "retention";
/** Longer than one tenant takes. Who needs longer finds its lease lost, and does not go on to the next one. */
const LEASE_SECONDS = 300;

/** Goes through all tenants: does the contracts that have waited for long enough, then removes for good what has been in the trash for long enough.
 * One instance of the module at a time, and a tenant's schema has a lease of its own, so that one that is late changes nothing.
 * @returns null where another instance is at it */
export async function keepRetention(tools: RetentionTools): Promise<RetentionRound | null> {
  const { home, instanceId, provisioner, retention } = tools;
  const lease = await home.tx((tx) => acquireLease(tx, LEASE, instanceId, LEASE_SECONDS));
  if (lease === null) return null;
  try {
    const contracts: string[] = [];
    const removed: string[] = [];
    for (const tenant of await knownTenants(home)) {
      if (tools.signal.aborted || !(await isStillHeld(home, lease))) return { contracts, removed };
      try {
        const place = await tools.placeOf(tenant.tenantId);
        contracts.push(...(await contractDue(tools, tenant, place)));
        removed.push(...(await emptyTrashOf(tools, place)));
      } catch (error) {
        tools.log.warn(
          { err: error, tenantId: tenant.tenantId },
          "what a tenant no longer uses could not be put away",
        );
      }
    }
    removed.push(...(await emptyTrash(home, provisioner, retention.trashDays)));
    return { contracts, removed };
  } finally {
    await home.tx((tx) => releaseLease(tx, lease));
  }
}

function knownTenants(home: HomeDatabase): Promise<readonly KnownTenant[]> {
  return home.read((tx) =>
    tx.rows<KnownTenant>(
      sql`select tenant_id as "tenantId", module_id as "moduleId", state from octavo_tenant order by tenant_id`,
    ),
  );
}

function isStillHeld(home: HomeDatabase, lease: Lease): Promise<boolean> {
  return home.tx((tx) => renewLease(tx, lease, LEASE_SECONDS));
}

/** The version that a tenant has knows its contracts. None is done while an instance of the module runs that does not know of it: whoever starts such
 * a version afterwards finds what it needs taken away. */
async function contractDue(
  { moduleId, steps, retention, migrator, home, log }: RetentionTools,
  tenant: KnownTenant,
  place: Place,
): Promise<readonly string[]> {
  if (tenant.moduleId !== moduleId || tenant.state !== "enabled") return [];
  const due = await migrator.due(place, retention.contractDays);
  const known = await home.read((tx) => contractsKnownToAll(tx, due));
  if (known.size === 0) return [];
  const release = {
    version: moduleId,
    steps: steps.filter(({ kind, id }) => kind !== "contract" || known.has(id)),
  };
  const result = await migrator.contract(place, release, retention.contractDays);
  if (result.ok) return result.value.done.map((id) => `${place.schema}: ${id}`);
  if (result.error.kind !== "held")
    log.warn({ schema: place.schema, problem: result.error.message }, "a contract is not done");
  return [];
}

async function emptyTrashOf(
  { provisioner, retention }: RetentionTools,
  place: Place,
): Promise<readonly string[]> {
  try {
    const { schemas, contracts } = await openTrash(provisioner).expire(place, retention.trashDays);
    return [...schemas, ...contracts.map((id) => `${place.schema}: ${id}`)];
  } catch (error) {
    if (error instanceof TenantUnknown) return []; // its database, or its owner, is no more
    throw error;
  }
}
