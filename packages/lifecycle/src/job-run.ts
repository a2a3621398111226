import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";
import type { ProcessTime, Registry } from "@octavo/registry";
import { assert, ok, type Result } from "@octavo/result";
import {
  callsAfterSteps,
  callsOfStep,
  callsOfUndo,
  type CallOptions,
  type StepWorld,
} from "./calls-of-step.ts";
import { type CallRecord, newCall } from "./call-state.ts";
import { decideJob } from "./decide-job.ts";
import type { HeldLease } from "./held-lease.ts";
import { invokeFilter } from "./invoke-filter.ts";
import type { Job, JobPart } from "./job.ts";
import { closingPart, undoPart } from "./job-rows.ts";
import type { JournalEntry } from "./journal.ts";
import { type ForgetProducts, LeasedJournal, LeaseLost } from "./leased-journal.ts";
import type { CallModule, ModuleAnswer } from "./module-caller.ts";
import type { PlannedCall } from "./planned-call.ts";
import { type CallRequest, Leaving, PartRun, type PartSurroundings, type PartTiming } from "./run-part.ts";
import type { StepRefusal } from "./tenant-call.ts";

export interface JobRunParts {
  readonly registry: Registry;
  readonly callModule: CallModule;
  readonly gatewayProvides: readonly InterfaceReference[];
  readonly time: ProcessTime;
  readonly timing: PartTiming;
  readonly forget: ForgetProducts;
}

const never = new AbortController().signal;

/** Drives one job under one lease, until it ends, waits for a human, or is somebody else's. Whatever happened before is in
 * the job's rows; whatever happens is written there first. */
export class JobRun {
  readonly #parts: JobRunParts;
  readonly #journal: LeasedJournal;
  #job: Job;
  readonly #options: CallOptions;
  readonly #underWay = new Map<number, Promise<void>>();
  readonly #givenUp = new AbortController();
  readonly #leaving = new AbortController();
  #fault: unknown = null;

  constructor(parts: JobRunParts, lease: HeldLease, job: Job) {
    this.#parts = parts;
    this.#journal = new LeasedJournal(parts.registry, lease, job, parts.forget, parts.time);
    this.#job = job;
    const { invoke, purge, tenantParameters } = job.plan.options;
    this.#options = { invoke: invokeFilter(invoke), purge, tenantParameters };
    if (job.cancelledBy !== null) this.#givenUp.abort();
  }

  get jobId(): string {
    return this.#job.id;
  }

  /** Somebody cancels: see `PartSurroundings.givenUp`. */
  cancel(by: string): void {
    if (this.#job.cancelledBy !== null) return;
    this.#job = { ...this.#job, cancelledBy: by };
    this.#givenUp.abort();
  }

  /** This instance stops. */
  leave(): void {
    this.#leaving.abort();
  }

  /** @returns whether the job has ended or waits for a human; else somebody has to go on with it
   * @throws what is a mistake of ours */
  async run(): Promise<boolean> {
    try {
      await this.#drive();
      return true;
    } catch (error) {
      if (error instanceof ModuleGone) return this.#park(error.message);
      if (error instanceof LeaseLost) return false;
      if (error instanceof Leaving) {
        // A call in flight may still be answered, and then its outcome is known to whoever goes on.
        await Promise.allSettled(this.#underWay.values());
        return false;
      }
      throw error;
    } finally {
      this.#leaving.abort();
    }
  }

  async #park(message: string): Promise<boolean> {
    await Promise.allSettled(this.#underWay.values());
    try {
      await this.#journal.write([{ kind: "job", state: "waiting-for-human", message, fault: "user" }]);
      return true;
    } catch (error) {
      if (error instanceof LeaseLost) return false;
      throw error;
    }
  }

  async #drive(): Promise<void> {
    if (this.#job.state !== "running")
      await this.#journal.write([{ kind: "job", state: "running", message: null, fault: null }]);
    this.#resumeParts();
    for (;;) {
      if (this.#fault !== null) throw this.#fault;
      if (this.#leaving.signal.aborted) throw new Leaving();
      const decision = decideJob(this.#job, {
        ...this.#world(),
        gatewayProvides: this.#parts.gatewayProvides,
        isPastDeadline: this.#isPastDeadline(),
      });
      switch (decision.kind) {
        case "begin":
          for (const number of decision.steps) this.#beginStep(number);
          break;
        case "wait":
          assert(this.#underWay.size > 0, "only what is under way is waited for");
          await Promise.race(this.#underWay.values());
          break;
        case "close": {
          const calls = callsAfterSteps(this.#job.plan.steps, this.#world(), this.#options);
          this.#beginPart(closingPart(this.#job.plan.steps), null, recordsOf(calls));
          break;
        }
        case "undo": {
          const calls = callsOfUndo(this.#job.plan.before, this.#world(), this.#options);
          this.#beginPart(undoPart(this.#job.plan.steps), null, ok(calls.map(newCall)));
          break;
        }
        case "park":
          await this.#park(decision.message);
          return;
        case "end":
          await this.#end(decision);
          return;
      }
    }
  }

  async #end({
    state,
    message,
    fault,
  }: Pick<Extract<JournalEntry, { kind: "job" }>, "state" | "message" | "fault">): Promise<void> {
    const undone =
      state !== "undone"
        ? []
        : this.#job.steps.flatMap((step, part): readonly JournalEntry[] =>
            step.state !== "done" || step.action === "uptodate"
              ? []
              : [{ kind: "part", part, moduleId: step.moduleId, state: "undone", message: null }],
          );
    await this.#journal.write([...undone, { kind: "job", state, message, fault }]);
  }

  #resumeParts(): void {
    const parts: [number, string | null, JobPart | null][] = [
      ...this.#job.steps.map((step, number): [number, string | null, JobPart] => [
        number,
        step.moduleId,
        step,
      ]),
      [closingPart(this.#job.plan.steps), null, this.#job.closing],
      [undoPart(this.#job.plan.steps), null, this.#job.undo],
    ];
    for (const [number, moduleId, part] of parts) {
      if (part?.state !== "intended") continue;
      this.#track(number, () => new PartRun(this.#around(number), number, moduleId, part.calls).resume());
    }
  }

  #beginStep(number: number): void {
    const step = this.#job.plan.steps[number];
    assert(step !== undefined, "a decision names steps of the job");
    this.#beginPart(number, step.id, recordsOf(callsOfStep(step, this.#world(), this.#options)));
  }

  #beginPart(
    number: number,
    moduleId: string | null,
    calls: Result<readonly CallRecord[], StepRefusal>,
  ): void {
    if (calls.ok) {
      this.#changed(number, { state: "intended", message: null, calls: calls.value });
      this.#track(number, () => new PartRun(this.#around(number), number, moduleId, calls.value).begin());
      return;
    }
    const { message } = calls.error;
    this.#changed(number, { state: "intended", message: null, calls: [] });
    this.#track(number, async () => {
      await this.#journal.write([{ kind: "part", part: number, moduleId, state: "failed", message }]);
      this.#changed(number, { state: "failed", message, calls: [] });
    });
  }

  #track(number: number, run: () => Promise<void>): void {
    const running = run()
      .catch((error: unknown) => {
        this.#fault ??= error;
      })
      .finally(() => this.#underWay.delete(number));
    this.#underWay.set(number, running);
  }

  #around(part: number): PartSurroundings {
    return {
      epoch: this.#journal.epoch,
      time: this.#parts.time,
      timing: this.#parts.timing,
      now: () => this.#parts.registry.clock.now(),
      leftMs: (begunAt) => this.#leftMs(begunAt),
      // Whoever cancels wants it undone.
      givenUp: part === undoPart(this.#job.plan.steps) ? never : this.#givenUp.signal,
      leaving: this.#leaving.signal,
      journal: (entries) => this.#journal.write(entries),
      call: (number, request) => this.#call(part, number, request),
      switch: async (planned, entries) => {
        await this.#mayBegin();
        return this.#journal.switch(planned, entries);
      },
      onChange: (changed) => this.#changed(part, changed),
    };
  }

  #changed(number: number, part: JobPart): void {
    const { steps } = this.#job.plan;
    if (number === closingPart(steps)) this.#job = { ...this.#job, closing: part };
    else if (number === undoPart(steps)) this.#job = { ...this.#job, undo: part };
    else {
      const changed = this.#job.steps.map((step, at) => (at === number ? { ...step, ...part } : step));
      this.#job = { ...this.#job, steps: changed };
    }
  }

  #world(): StepWorld {
    const { snapshot } = this.#parts.registry;
    const moduleOf = (id: string): ModuleDescriptor => {
      const module = snapshot.modules.get(id);
      if (module === undefined) throw new ModuleGone(id);
      return module;
    };
    const enabled = snapshot.tenants.get(this.#job.tenantId)?.enabled ?? [];
    return { enabled: enabled.map(moduleOf), moduleOf };
  }

  async #call(part: number, number: number, request: CallRequest): Promise<ModuleAnswer> {
    await this.#mayBegin();
    const { planned, what, moduleJob, instanceId, withinMs } = request;
    const pattern =
      what === "send" ? planned.path : (planned.job?.[what === "look" ? "get" : "delete"] ?? "");
    const { id, tenantId, requestId } = this.#job;
    return this.#parts.callModule({
      tenantId,
      moduleId: planned.moduleId,
      interfaceId: planned.kind === "permissions" ? "_tenantPermissions" : "_tenant",
      method: what === "send" ? planned.method : what === "look" ? "GET" : "DELETE",
      pathPattern: pattern,
      path: pattern.replace("{id}", encodeURIComponent(moduleJob ?? "")),
      body: what === "send" ? planned.body : "",
      jobId: id,
      key: `${id}/${part}/${number}`,
      epoch: this.#journal.epoch,
      requestId,
      instanceId,
      withinMs,
      signal: this.#around(part).givenUp,
    });
  }

  async #mayBegin(): Promise<void> {
    if (this.#leaving.signal.aborted) throw new Leaving();
    await this.#journal.mustBeSure();
  }

  #leftMs(begunAt: number): number {
    const ofCall = begunAt + this.#job.plan.options.callSeconds * 1000;
    const { deadline } = this.#job;
    const until = deadline === null ? ofCall : Math.min(ofCall, Date.parse(deadline));
    return Math.ceil(until - this.#parts.registry.clock.now());
  }

  #isPastDeadline(): boolean {
    const { deadline } = this.#job;
    return deadline !== null && Date.parse(deadline) <= this.#parts.registry.clock.now();
  }
}

/** Somebody has removed a module's descriptor that the job needs. */
class ModuleGone extends Error {
  constructor(moduleId: string) {
    super(`Module ${moduleId} is no longer known: post its descriptor again, then resume the job`);
  }
}

function recordsOf(
  calls: Result<readonly PlannedCall[], StepRefusal>,
): Result<readonly CallRecord[], StepRefusal> {
  return calls.ok ? ok(calls.value.map(newCall)) : calls;
}
