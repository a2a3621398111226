import { insertJob, type JobPlan } from "@octavo/lifecycle";
import { ok } from "@octavo/result";
import type { SimulatedGateway } from "./gateway.ts";
import { ONCE, REPEATABLE, TENANTS } from "./stage.ts";
import type { World } from "./world.ts";

/** A write as its client knows it. */
export interface SimulatedWrite {
  readonly key: string;
  readonly beganAtMs: number;
  outcome: "ok" | "not-written" | "unknown";
  endedAtMs: number | null;
}

/** A job that somebody asked for. */
export interface SimulatedJob {
  readonly id: string;
  outcome: "accepted" | "refused" | "unknown";
  acceptedAtMs: number | null;
}

const WRITE_EVERY_MS = 250;
const JOB_EVERY_MS = 700;
const BARRIER_MS = 2000;

/** Clients that write and begin jobs at gateways picked by chance, and remember what they were told. */
export class Clients {
  readonly writes: SimulatedWrite[] = [];
  readonly jobs: SimulatedJob[] = [];
  readonly #world: World;
  #isOver = false;

  constructor(world: World) {
    this.#world = world;
    this.#again(WRITE_EVERY_MS, () => this.#write());
    this.#again(JOB_EVERY_MS, () => this.#beginJob());
  }

  stop(): void {
    this.#isOver = true;
  }

  #again(everyMs: number, work: () => void): void {
    const { scheduler } = this.#world;
    scheduler.after(scheduler.random.between(0, 2 * everyMs), () => {
      if (this.#isOver) return;
      work();
      this.#again(everyMs, work);
    });
  }

  #at(work: (gateway: SimulatedGateway) => Promise<void>): void {
    const gateway = this.#world.scheduler.random.pick(this.#world.gateways);
    gateway.process?.deliver(() => {
      if (gateway.registry === null) return;
      work(gateway).catch((error: unknown) =>
        this.#world.broke("no exception is left over", `${gateway.name}: ${String(error)}`),
      );
    });
  }

  #write(): void {
    this.#at(async (gateway) => {
      const { registry } = gateway;
      if (registry === null) return;
      const key = `write-${this.writes.length}`;
      const write: SimulatedWrite = {
        key,
        beganAtMs: this.#world.scheduler.nowMs,
        outcome: "unknown",
        endedAtMs: null,
      };
      this.writes.push(write);
      const entry = { name: `K${this.writes.length % 4}`, value: key, description: null, required: false };
      const written = await registry.write<never>(
        {
          actor: "client",
          action: "env.put",
          target: entry.name,
          requestId: null,
          idempotency: { key, fingerprint: key },
        },
        () => ok({ changes: [{ kind: "env.put", entry }], answer: key }),
      );
      write.endedAtMs = this.#world.scheduler.nowMs;
      if (!written.ok) {
        if (written.error.kind !== "unavailable") this.#world.broke("a write is plain", written.error.kind);
        else write.outcome = written.error.outcome;
        return;
      }
      write.outcome = "ok";
      const { revision, snapshot } = written.value;
      const askedAtMs = this.#world.scheduler.nowMs;
      const settled = await registry.settled(revision, BARRIER_MS);
      if (settled.kind === "known" && settled.missing.length === 0) {
        this.#world.saidEverywhere(gateway, { history: snapshot.history, revision }, askedAtMs);
      }
    });
  }

  #beginJob(): void {
    this.#at(async (gateway) => {
      const { registry, driver } = gateway;
      if (registry === null) return;
      const tenantId = this.#world.scheduler.random.pick(TENANTS);
      const before = registry.snapshot.tenants.get(tenantId)?.enabled ?? [];
      const job: SimulatedJob = { id: this.#world.server.newId(), outcome: "unknown", acceptedAtMs: null };
      this.jobs.push(job);
      const inserted = await registry.transaction((client) =>
        insertJob(client, {
          id: job.id,
          tenantId,
          kind: "install",
          plan: planOf(before),
          requestedBy: "client",
          requestId: null,
          withinSeconds: null,
        }),
      );
      if (!inserted.ok) {
        if (inserted.error.kind === "unavailable" && inserted.error.outcome === "not-written")
          job.outcome = "refused";
        return;
      }
      job.outcome = inserted.value === null ? "accepted" : "refused";
      job.acceptedAtMs = this.#world.scheduler.nowMs;
      this.#world.note(`job ${job.id} of ${tenantId} is ${job.outcome} at ${gateway.name}`);
      driver?.wake();
    });
  }
}

/** Turns both modules round. */
export function planOf(before: readonly string[]): JobPlan {
  const steps = [ONCE, REPEATABLE].map((id) => ({
    action: before.includes(id) ? ("disable" as const) : ("enable" as const),
    id,
    from: null,
    reason: { kind: "asked-for" as const },
  }));
  return {
    steps,
    before,
    options: {
      invoke: "true",
      purge: false,
      tenantParameters: null,
      ignoreErrors: false,
      depCheck: true,
      parallel: 1,
      onFailure: "stop",
      callSeconds: 20,
    },
  };
}
