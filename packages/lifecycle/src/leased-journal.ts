import { announceRows, type Decision, pause, type ProcessTime, type Registry } from "@octavo/registry";
import { ok } from "@octavo/result";
import { productsGone } from "./enablement-of.ts";
import type { HeldLease } from "./held-lease.ts";
import type { Job } from "./job.ts";
import { type JournalEntry, writeJournal } from "./journal.ts";
import type { SwitchCall } from "./planned-call.ts";
import { switchIn, type SwitchRefusal } from "./switch-in.ts";

/** Somebody else drives the job now, or has to. */
export class LeaseLost extends Error {}

/** Found out inside a transaction, which is rolled back with it. */
class NotHeld extends Error {}

const RETRY_MS = 200;

/** Removes what others keep of products that a tenant has no more (changed timers), in the transaction of the switch: who
 * enables one again finds it as new. */
export type ForgetProducts = (
  client: Parameters<NonNullable<Decision["alsoWrite"]>>[0],
  tenantId: string,
  products: readonly string[],
) => Promise<void>;

/** A job's rows as its driver writes them: under its lease or not at all. A database that is away is waited for: what has
 * happened is not forgotten, only not written yet. */
export class LeasedJournal {
  readonly #registry: Registry;
  readonly #lease: HeldLease;
  readonly #time: ProcessTime;
  readonly #forget: ForgetProducts;
  readonly #job: Pick<Job, "id" | "tenantId" | "requestId">;

  constructor(
    registry: Registry,
    lease: HeldLease,
    job: Pick<Job, "id" | "tenantId" | "requestId">,
    forget: ForgetProducts,
    time: ProcessTime,
  ) {
    this.#time = time;
    this.#registry = registry;
    this.#forget = forget;
    this.#lease = lease;
    this.#job = job;
  }

  /** Grows with each driver of the tenant. */
  get epoch(): number {
    return this.#lease.lease.epoch;
  }

  /** Resolves when something may be begun. @throws LeaseLost */
  async mustBeSure(): Promise<void> {
    if (!(await this.#lease.isSure())) throw new LeaseLost();
  }

  /** @throws LeaseLost */
  async write(entries: readonly JournalEntry[]): Promise<void> {
    for (;;) {
      if (this.#lease.isLost) throw new LeaseLost();
      const written = await this.#registry.transaction(async (client) => {
        const isHeld = await writeJournal(client, this.#job.id, entries, this.#lease.lease);
        if (isHeld) await announceRows(client);
        return isHeld;
      });
      if (written.ok && written.value) return;
      // Expired, and perhaps nobody else has taken it.
      if (written.ok) await this.#lease.renew();
      else await pause(this.#time, RETRY_MS);
    }
  }

  /** Changes the tenant's modules and writes, in one transaction.
   * @returns why they cannot be changed so, or null
   * @throws LeaseLost */
  async switch(planned: SwitchCall, entries: readonly JournalEntry[]): Promise<string | null> {
    for (;;) {
      await this.mustBeSure();
      try {
        const committed = await this.#trySwitch(planned, entries);
        if (committed.ok) return null;
        const { error } = committed;
        if (error.kind === "refused") return error.because;
        if (error.kind === "poison")
          return "The tenant's modules cannot be switched: they would contradict each other";
        if (error.kind === "not-finalized") return error.cause;
        await pause(this.#time, RETRY_MS);
      } catch (error) {
        if (!(error instanceof NotHeld)) throw error;
        await this.#lease.renew();
      }
    }
  }

  #trySwitch(planned: SwitchCall, entries: readonly JournalEntry[]) {
    const { id, tenantId, requestId } = this.#job;
    const intent = {
      actor: `system:job:${id}`,
      action: "tenants.modules.switch",
      target: tenantId,
      requestId,
      idempotency: null,
    };
    return this.#registry.write<SwitchRefusal>(intent, (snapshot) => {
      const change = switchIn(snapshot, tenantId, planned);
      if (!change.ok) return change;
      return ok({
        changes: change.value,
        answer: "{}",
        alsoWrite: async (client) => {
          if (!(await writeJournal(client, id, entries, this.#lease.lease))) throw new NotHeld();
          await this.#forget(client, tenantId, productsGone(planned, snapshot));
          await announceRows(client);
        },
      });
    });
  }
}
