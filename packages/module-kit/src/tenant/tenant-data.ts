import type { Transaction } from "@octavo/database";

/** Rows that a module brings besides its steps, by code. Runs in one transaction of the tenant, and again at each upgrade that asks for
 * it: what is there already it must leave or follow. */
export interface TenantData {
  /** reference: with `loadReference=true`; sample: with `loadSample=true`. */
  readonly kind: "reference" | "sample";
  /** In the job's messages. */
  readonly name: string;
  readonly load: (tx: Transaction, tenantId: string) => Promise<void>;
}
