import { type Transaction, sql } from "@octavo/database";
import type { ModulePart } from "../definition/part.ts";
import { SWEEP_BATCH } from "../visits/sweeper.ts";
import { visitsOf } from "../visits/visits-of.ts";
import { requestKeySteps } from "./request-key-steps.ts";

/** Brings the table of `oncePerKey`, and forgets keys that have run out. */
export function requestKeys(): ModulePart {
  return {
    name: "request keys",
    steps: requestKeySteps,
    start: (running) => visitsOf(running).join({ sweeps: [sweepRequestKeys] }),
  };
}

async function sweepRequestKeys(tx: Transaction): Promise<number> {
  return tx.run(
    sql`with old as (
          select key from octavo_request_key where expires_at <= now()
          limit ${SWEEP_BATCH} for update skip locked)
        delete from octavo_request_key kept using old where kept.key = old.key`,
  );
}
