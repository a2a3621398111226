import type { AnswerEnd, CancelSignal } from "@octavo/http-wire";
import { assert } from "@octavo/result";
import { chooseInstance, isPanic } from "./choose-instance.ts";
import { nextToServe, nextToShed, type Waiting } from "./fair-queue.ts";
import { afterCheck, afterFailure, afterSuccess, type Health, isEjected, readmitted } from "./health.ts";
import { Instance, type InstanceReport } from "./instance.ts";
import { latencyAfter, latencyAt } from "./latency.ts";
import type { UpstreamLimits } from "./limits.ts";

export interface UpstreamModule {
  readonly moduleId: string;
  /** As the snapshot has them. The same array, while nothing has changed. */
  readonly instances: readonly UpstreamModuleInstance[];
}

export interface UpstreamModuleInstance {
  readonly instanceId: string;
  readonly url: string;
}

/** Milliseconds since 1970, as the registry's clock has them. */
export interface UpstreamClock {
  now(): number;
}

/** What an operator may want to know; for the log and for counters. */
export type UpstreamEvent = {
  readonly moduleId: string;
  readonly instanceId: string | null;
} & (
  | { readonly kind: "ejected"; readonly forMs: number }
  | { readonly kind: "down" | "up" | "panic" | "drained" | "shed" }
  | { readonly kind: "retried"; readonly after: string }
);

export interface PoolSurroundings {
  readonly limits: UpstreamLimits;
  readonly clock: UpstreamClock;
  readonly random: () => number;
  readonly onEvent: (event: UpstreamEvent) => void;
  readonly onAnswer: (moduleId: string, ms: number) => void;
}

/** Why no slot could be had. */
export type NoSlot = "no-instance" | "overloaded" | "aborted";

interface Waiter extends Waiting {
  readonly settle: (slot: Instance | NoSlot) => void;
}

/** The instances of one module with their slots, and who waits for one. It acts on what the pure files beside it decide. */
export class ModulePool {
  readonly moduleId: string;
  readonly #around: PoolSurroundings;
  #instances: readonly Instance[] = [];
  #isPanic = false;
  #waiting: Waiter[] = [];
  #inFlight = 0;
  #retriesInFlight = 0;
  readonly #byTenant = new Map<string, number>();

  constructor(moduleId: string, around: PoolSurroundings) {
    this.moduleId = moduleId;
    this.#around = around;
  }

  get instances(): readonly Instance[] {
    return this.#instances;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  get retriesInFlight(): number {
    return this.#retriesInFlight;
  }

  /** Those that stay keep what is known of them. Those that leave get no new request; theirs end as they do.
   * @returns the ones that left and the ones that came */
  setInstances(wanted: readonly UpstreamModuleInstance[]): { left: Instance[]; came: Instance[] } {
    const now = this.#around.clock.now();
    const before = this.#instances;
    const came: Instance[] = [];
    // A newcomer is taken for as slow as the slowest: nothing is known of it, and nought would draw all requests.
    const slowest = Math.max(
      0,
      ...before.map(({ latency }) => latencyAt(latency, now, this.#around.limits.latencyDecayMs)),
    );
    this.#instances = wanted.map(({ instanceId, url }) => {
      const known = before.find((each) => each.instanceId === instanceId && each.url === url);
      if (known !== undefined) return known;
      const made = new Instance(instanceId, url, { ms: slowest, at: now });
      came.push(made);
      return made;
    });
    const left = before.filter((each) => !this.#instances.includes(each));
    for (const { instanceId } of left) this.#tell({ kind: "drained", instanceId });
    this.#serveWaiting();
    return { left, came };
  }

  /** Takes a slot, now or when one comes free. */
  take(tenantId: string, signal: CancelSignal): Instance | NoSlot | Promise<Instance | NoSlot> {
    if (this.#instances.length === 0) return "no-instance";
    if (this.#waiting.length === 0) {
      const chosen = this.#choose(null);
      if (chosen !== null) return this.#occupy(chosen, tenantId);
    }
    return this.#wait(tenantId, signal);
  }

  /** A slot for a second attempt; nobody waits for that.
   * @param mayBeEjected where no other is left: nothing of the request has left, so an instance that came back meanwhile may
   * as well have it, and is known to be back then */
  takeForRetry(
    tenantId: string,
    failed: Instance,
    { mayBeSame, mayBeEjected }: { readonly mayBeSame: boolean; readonly mayBeEjected: boolean },
  ): Instance | null {
    const chosen =
      this.#choose(failed) ??
      (mayBeEjected ? this.#chooseAny(failed) : null) ??
      (mayBeSame && this.#instances.includes(failed) ? this.#choose(null) : null);
    if (chosen === null) return null;
    this.#retriesInFlight += 1;
    return this.#occupy(chosen, tenantId);
  }

  /** Gives a slot back. */
  release(instance: Instance, tenantId: string, isRetry: boolean): void {
    instance.inFlight -= 1;
    this.#inFlight -= 1;
    if (isRetry) this.#retriesInFlight -= 1;
    assert(instance.inFlight >= 0 && this.#retriesInFlight >= 0, "a slot is given back once");
    const held = (this.#byTenant.get(tenantId) ?? 0) - 1;
    if (held > 0) this.#byTenant.set(tenantId, held);
    else this.#byTenant.delete(tenantId);
    if (this.#waiting.length > 0) this.#serveWaiting();
  }

  /** An answer's head came after this time; or, where it did not come, it would have taken longer. */
  observeLatency(instance: Instance, ms: number): void {
    const { clock, limits, onAnswer } = this.#around;
    onAnswer(this.moduleId, ms);
    instance.latency = latencyAfter(instance.latency, ms, clock.now(), limits.latencyDecayMs);
  }

  isEjected({ health }: Instance): boolean {
    return isEjected(health, this.#around.clock.now());
  }

  /** What the end of an attempt says of the instance's health. What was abandoned says nothing.
   * @param wasEjected when the attempt began */
  record(instance: Instance, end: AnswerEnd, wasEjected: boolean): void {
    if (end === "abandoned") return;
    if (end === "complete") {
      const isBack = wasEjected && this.isEjected(instance);
      if (isBack) this.#setHealth(instance, readmitted(instance.health, this.#around.clock.now()));
      else instance.health = afterSuccess(instance.health);
      return;
    }
    const { clock, limits } = this.#around;
    const now = clock.now();
    const others = this.#instances.filter((each) => each !== instance);
    const ejected = others.filter(({ health }) => isEjected(health, now)).length;
    const total = others.length + 1;
    const after = afterFailure(instance.health, now, { ejected, total }, limits.ejection);
    const isNew = after.ejectedUntil !== instance.health.ejectedUntil;
    this.#setHealth(instance, after);
    if (isNew)
      this.#tell({ kind: "ejected", instanceId: instance.instanceId, forMs: after.ejectedUntil - now });
  }

  recordCheck(instance: Instance, isUp: boolean): void {
    const { clock, limits } = this.#around;
    if (limits.activeCheck === null) return;
    const { isDown } = instance.health;
    this.#setHealth(instance, afterCheck(instance.health, isUp, clock.now(), limits.activeCheck));
    if (instance.health.isDown === isDown) return;
    this.#tell({ kind: isDown ? "up" : "down", instanceId: instance.instanceId });
    this.#serveWaiting();
  }

  /** Silent, and no answer to a question either: it stands still or is cut off. */
  recordSilence(instance: Instance, isThere: boolean): void {
    const { clock } = this.#around;
    const now = clock.now();
    if (isThere) instance.hear(now);
    if (instance.health.isDown !== isThere) return;
    this.#setHealth(instance, afterCheck(instance.health, isThere, now, { downAfter: 1, upAfter: 1 }));
    this.#tell({ kind: isThere ? "up" : "down", instanceId: instance.instanceId });
    this.#serveWaiting();
  }

  retried(instance: Instance, after: string): void {
    this.#tell({ kind: "retried", instanceId: instance.instanceId, after });
  }

  report(): InstanceReport[] {
    const now = this.#around.clock.now();
    return this.#instances.map((each) => each.report(now));
  }

  #setHealth(instance: Instance, health: Health): void {
    instance.health = health;
    const { clock, limits } = this.#around;
    const isPanicNow = isPanic(this.#instances, clock.now(), limits.panicBelowShare);
    if (isPanicNow && !this.#isPanic) this.#tell({ kind: "panic", instanceId: null });
    this.#isPanic = isPanicNow;
  }

  #choose(avoid: Instance | null): Instance | null {
    const { clock, limits, random } = this.#around;
    return chooseInstance(this.#instances, avoid, clock.now(), limits, random);
  }

  /** Whatever its health. */
  #chooseAny(avoid: Instance | null): Instance | null {
    const { clock, limits, random } = this.#around;
    const any = { ...limits, panicBelowShare: Number.POSITIVE_INFINITY };
    return chooseInstance(this.#instances, avoid, clock.now(), any, random);
  }

  #occupy(instance: Instance, tenantId: string): Instance {
    instance.inFlight += 1;
    this.#inFlight += 1;
    this.#byTenant.set(tenantId, (this.#byTenant.get(tenantId) ?? 0) + 1);
    return instance;
  }

  #wait(tenantId: string, signal: CancelSignal): NoSlot | Promise<Instance | NoSlot> {
    if (signal.aborted) return "aborted";
    const { limits } = this.#around;
    if (this.#waiting.length >= limits.queuePerInstance * this.#instances.length) {
      const shed = this.#waiting[nextToShed(this.#waiting, { tenantId }, this.#heldBy)];
      if (shed === undefined) return this.#shed();
      shed.settle(this.#shed());
    }
    return new Promise((resolve) => {
      const waiter: Waiter = {
        tenantId,
        settle: (slot) => {
          clearTimeout(timer);
          signal.removeEventListener("abort", leave);
          this.#waiting = this.#waiting.filter((each) => each !== waiter);
          resolve(slot);
        },
      };
      const leave = () => waiter.settle("aborted");
      const timer = setTimeout(() => waiter.settle(this.#shed()), limits.queueMs);
      signal.addEventListener("abort", leave);
      this.#waiting.push(waiter);
      this.#serveWaiting();
    });
  }

  #serveWaiting(): void {
    while (this.#waiting.length > 0) {
      const waiter = this.#waiting[nextToServe(this.#waiting, this.#heldBy)];
      if (waiter === undefined) return;
      if (this.#instances.length === 0) {
        waiter.settle("no-instance");
        continue;
      }
      const chosen = this.#choose(null);
      if (chosen === null) return;
      waiter.settle(this.#occupy(chosen, waiter.tenantId));
    }
  }

  readonly #heldBy = (tenantId: string): number => this.#byTenant.get(tenantId) ?? 0;

  #shed(): NoSlot {
    this.#tell({ kind: "shed", instanceId: null });
    return "overloaded";
  }

  #tell(event: DistributiveOmit<UpstreamEvent, "moduleId">): void {
    this.#around.onEvent({ ...event, moduleId: this.moduleId });
  }
}

type DistributiveOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;
