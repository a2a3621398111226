import type { Place } from "@octavo/database";
import { err, type Result } from "@octavo/result";
import { LeaseLost, takeLease } from "../ledger/lease.ts";
import { makeLedger } from "../ledger/ledger-tables.ts";
import type { MigrationStop, MigratorOptions } from "../migrator.ts";
import { type Errand, LeasedPlace } from "./leased-place.ts";
import { StepStop } from "./step-stop.ts";

const LEASE_MS = 10_000;

/** Does something as the only one who may change the schema, and gives the lease back whatever comes of it. */
export async function underLease<T>(
  options: MigratorOptions,
  place: Place,
  errand: Errand,
  work: (at: LeasedPlace) => Promise<Result<T, MigrationStop>>,
): Promise<Result<T, MigrationStop>> {
  await makeLedger(options.provisioner, place);
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const taken = await options.provisioner.tx(place, (tx) => takeLease(tx, options.instanceId, leaseMs));
  if ("by" in taken) {
    const message = `${taken.by} is at work on ${place.schema}; ask again in ${taken.retryAfterMs} ms`;
    return err({ kind: "held", ...taken, message });
  }
  const at = new LeasedPlace(options, place, taken, errand);
  try {
    return await work(at);
  } catch (error) {
    if (error instanceof StepStop) return err(error.stop);
    if (error instanceof LeaseLost) return err({ kind: "lease-lost", message: error.message });
    throw error;
  } finally {
    await at.giveBack().catch(() => null); // it ends by itself
  }
}
