import { ok } from "@octavo/result";
import type { Statements } from "@octavo/testing/simulation/statement";
import { Clients } from "./clients.ts";
import { healEverything, planFaults, UNTIL_MS } from "./faults.ts";
import { isAtRest, judge } from "./final-claims.ts";
import { firstChanges } from "./stage.ts";
import { type Violation, World } from "./world.ts";

const READY_MS = 1000;
/** Leases run out, later where the server's clock was set back, who was away comes back, jobs go on. */
const REST_MS = 180_000;
const LOOK_EVERY_MS = 500;

export interface SeedRun {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly events: number;
  readonly virtualMs: number;
  /** The last things that happened. */
  readonly notes: readonly string[];
}

/** One run: three gateways, clients, faults by the seed, healing, rest, judgement. The same seed is the same run. */
export async function runSeed(seed: number, planted: Statements = {}): Promise<SeedRun> {
  const world = new World(seed, planted);
  const { scheduler } = world;
  const isOver = (): boolean => world.violations.length > 0;
  for (const gateway of world.gateways) gateway.start();
  await scheduler.runUntil(READY_MS, isOver);
  const [first] = world.gateways;
  first?.process?.deliver(() => {
    const intent = { actor: "stage", action: "stage", target: "", requestId: null, idempotency: null };
    void first.registry?.write<never>(intent, () => ok({ changes: firstChanges, answer: "" }));
  });
  await scheduler.runUntil(READY_MS + 200, isOver);
  const clients = new Clients(world);
  world.isFaulty = true;
  planFaults(world);
  await scheduler.runUntil(UNTIL_MS, isOver);
  clients.stop();
  healEverything(world);
  for (let restMs = 0; restMs < REST_MS && !isOver(); restMs += LOOK_EVERY_MS) {
    if (restMs > LOOK_EVERY_MS && isAtRest(world)) break;
    await scheduler.runUntil(scheduler.nowMs + LOOK_EVERY_MS, isOver);
  }
  if (!isOver()) judge(world, clients);
  const { violations, notes } = world;
  return { seed, violations, events: scheduler.count, virtualMs: scheduler.nowMs, notes };
}
