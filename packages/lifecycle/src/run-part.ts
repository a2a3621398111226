import { pause, type ProcessTime } from "@octavo/registry";
import { afterEvent, type CallEvent, type CallRecord } from "./call-state.ts";
import { decidePart, type PartDecision } from "./decide-job.ts";
import type { JobPart, StepState } from "./job.ts";
import type { JournalEntry } from "./journal.ts";
import type { ModuleAnswer } from "./module-caller.ts";
import type { ModuleCall, SwitchCall } from "./planned-call.ts";
import { eventOfAnswer, lookOfAnswer } from "./read-answer.ts";

export interface PartTiming {
  /** The waits between looks at a module's job: Okapi's first one and growth, and our longest. */
  readonly firstLookMs: number;
  readonly longestLookMs: number;
  /** A module that works at a job may be out of reach for so long. */
  readonly silenceMs: number;
  /** The first wait after nothing could be sent; it doubles up to sixteen times as much. */
  readonly firstRetryMs: number;
}

export const defaultPartTiming: PartTiming = {
  firstLookMs: 300,
  longestLookMs: 10_000,
  silenceMs: 60_000,
  firstRetryMs: 250,
};

const LOOK_GROWTH = 1.25;

/** What running a part needs of its job. */
export interface PartSurroundings {
  readonly epoch: number;
  readonly time: ProcessTime;
  readonly timing: PartTiming;
  /** The registry's clock. */
  now(): number;
  /** What is left, in whole milliseconds, of the time of a call that began then: all its tries and its module's job together. */
  leftMs(begunAt: number): number;
  /** Aborted when somebody cancels: waits end, calls in flight are given up. */
  readonly givenUp: AbortSignal;
  /** Aborted when this instance stops: nothing new is begun, waits end; a call in flight is waited for. */
  readonly leaving: AbortSignal;
  /** @throws LeaseLost, Leaving */
  journal(entries: readonly JournalEntry[]): Promise<void>;
  /** @throws LeaseLost, Leaving: then nothing was sent */
  call(number: number, request: CallRequest): Promise<ModuleAnswer>;
  /** Changes the tenant's modules and journals in one transaction; nothing of it, where it cannot be changed so.
   * @returns why not, or null */
  switch(planned: SwitchCall, entries: readonly JournalEntry[]): Promise<string | null>;
  /** The part as it is in the journal now. */
  onChange(part: JobPart): void;
}

export interface CallRequest {
  readonly planned: ModuleCall;
  readonly what: "send" | "look" | "remove";
  readonly moduleJob: string | null;
  readonly instanceId: string | null;
  readonly withinMs: number;
}

/** This instance stops: somebody else goes on. */
export class Leaving extends Error {}

/** Carries out the calls of one part in order, from wherever they stand. Before a call there is its intent in the journal;
 * its outcome is journaled together with the intent of the next one, without any waiting between. */
export class PartRun {
  readonly #around: PartSurroundings;
  readonly #number: number;
  readonly #moduleId: string | null;
  readonly #calls: CallRecord[];
  #state: StepState = "intended";
  #message: string | null = null;
  /** What is not in the journal yet. */
  #unwritten: JournalEntry[] = [];

  /** @param moduleId of a step; null for what is no step */
  constructor(
    around: PartSurroundings,
    number: number,
    moduleId: string | null,
    calls: readonly CallRecord[],
  ) {
    this.#around = around;
    this.#number = number;
    this.#moduleId = moduleId;
    this.#calls = [...calls];
  }

  /** Begins it: its calls go into the journal with the first intent. */
  async begin(): Promise<void> {
    this.#unwritten.push({ ...this.#entry("intended", null), calls: this.#calls });
    await this.#run();
  }

  /** Goes on with what somebody else has begun. */
  async resume(): Promise<void> {
    for (const [number, call] of this.#calls.entries()) {
      if (call.state === "intended") this.#happened(number, { kind: "taken-over" });
    }
    await this.#run();
  }

  async #run(): Promise<void> {
    for (;;) {
      const decision = decidePart(this.#calls);
      switch (decision.kind) {
        case "done":
        case "failed":
        case "waiting-for-human":
          await this.#end(decision.kind, decision.kind === "done" ? null : decision.message);
          return;
        default:
          if (this.#around.givenUp.aborted) {
            await this.#cut(decision);
            return;
          }
          await this.#actUnlessLeaving(decision);
          if (this.#state !== "intended") return;
      }
    }
  }

  /** What is known is written before this instance goes. */
  async #actUnlessLeaving(decision: Extract<PartDecision, { record: CallRecord }>): Promise<void> {
    try {
      if (this.#around.leaving.aborted) throw new Leaving();
      await this.#act(decision);
    } catch (error) {
      if (error instanceof Leaving) await this.#write();
      throw error;
    }
  }

  async #act({ kind, call: number, record }: Extract<PartDecision, { record: CallRecord }>): Promise<void> {
    const { planned } = record;
    if (planned.kind === "switch") await this.#switch(number, planned);
    else if (kind === "send") await this.#send(number, record, planned);
    else if (kind === "poll") await this.#poll(number, record, planned);
    else await this.#remove(number, record, planned);
  }

  async #send(number: number, record: CallRecord, planned: ModuleCall): Promise<void> {
    const { timing } = this.#around;
    if (record.attempts > 0) {
      await this.#write();
      const isOver = await this.#wait(timing.firstRetryMs * 2 ** Math.min(record.attempts - 1, 4));
      if (isOver) return;
    }
    const now = this.#around.now();
    const leftMs = this.#around.leftMs(record.begunAt ?? now);
    if (record.attempts > 0 && leftMs <= 0) {
      this.#happened(number, { kind: "failed", message: record.message ?? "", fault: "user" });
      return;
    }
    this.#happened(number, { kind: "intended", at: now });
    await this.#write();
    const request = { planned, what: "send", moduleJob: null, instanceId: null } as const;
    try {
      const answer = await this.#around.call(number, { ...request, withinMs: atLeastASecond(leftMs) });
      this.#happened(number, eventOfAnswer(planned, answer));
    } catch (error) {
      if (error instanceof Leaving)
        this.#happened(number, { kind: "not-sent", message: "the instance stopped" });
      throw error;
    }
  }

  /** Until the module's job has ended, is out of reach for too long, or has had all its time. */
  async #poll(number: number, record: CallRecord, planned: ModuleCall): Promise<void> {
    const { time, timing } = this.#around;
    await this.#write();
    const began = record.begunAt ?? this.#around.now();
    let heardAt = time.now();
    for (let waitMs = timing.firstLookMs; ; waitMs = Math.min(waitMs * LOOK_GROWTH, timing.longestLookMs)) {
      const answer = await this.#around.call(number, this.#looking(record, planned, "look"));
      const look = lookOfAnswer(planned, answer);
      const now = time.now();
      if (look.kind !== "silent") heardAt = now;
      if (look.kind !== "silent" && look.kind !== "works") {
        this.#happened(number, look);
        return;
      }
      const isTooLong = this.#around.leftMs(began) <= 0;
      if (isTooLong || now - heardAt > timing.silenceMs || this.#around.givenUp.aborted) {
        const because = look.kind === "silent" ? look.message : "its job has not ended";
        const message = `${planned.moduleId} works since ${seconds(this.#around.now() - began)} at ${planned.method} ${planned.path}: ${because}`;
        this.#happened(number, { kind: "unanswered", message });
        return;
      }
      await this.#wait(waitMs);
    }
  }

  /** Okapi fails where the module's ended job cannot be removed; here only where the module refuses to: what it was asked
   * for is done. */
  async #remove(number: number, record: CallRecord, planned: ModuleCall): Promise<void> {
    const isAgain = record.epoch !== this.#around.epoch;
    await this.#write();
    const answer = await this.#around.call(number, this.#looking(record, planned, "remove"));
    const isGone = isAgain && answer.kind === "refused" && answer.status === 404;
    if (answer.kind === "refused" && !isGone) {
      this.#happened(number, { kind: "failed", message: answer.message, fault: "user" });
    } else if (record.message === null) this.#happened(number, { kind: "done" });
    else this.#happened(number, { kind: "failed", message: record.message, fault: "internal" });
  }

  #looking(record: CallRecord, planned: ModuleCall, what: "look" | "remove"): CallRequest {
    const { moduleJob, instanceId } = record;
    return { planned, what, moduleJob, instanceId, withinMs: LOOK_WITHIN_MS };
  }

  /** The switch comes last, so that the part ends with it. */
  async #switch(number: number, planned: SwitchCall): Promise<void> {
    const record = this.#calls[number];
    if (record === undefined) return;
    const done = afterEvent(record, { kind: "done" }, this.#around.epoch);
    const after = this.#calls.map((call, at) => (at === number ? done : call));
    const ends = decidePart(after).kind === "done";
    const entries: JournalEntry[] = [
      ...this.#unwritten,
      { kind: "call", part: this.#number, number, call: done },
      ...(ends ? [this.#entry("done", null)] : []),
    ];
    const refusal = await this.#around.switch(planned, entries);
    if (refusal !== null) {
      this.#happened(number, { kind: "failed", message: refusal, fault: "internal" });
      return;
    }
    this.#unwritten = [];
    this.#calls[number] = done;
    if (ends) this.#state = "done";
    this.#changed();
  }

  /** Somebody has cancelled: what was not begun is not. */
  async #cut({ kind, call: number, record }: Extract<PartDecision, { record: CallRecord }>): Promise<void> {
    const { planned } = record;
    if (kind === "send" || planned.kind === "switch") {
      await this.#end("failed", "Cancelled before it was done");
      return;
    }
    const message = `${planned.moduleId} was working at ${planned.method} ${planned.path} when it was cancelled`;
    this.#happened(number, { kind: "unanswered", message });
    await this.#end("waiting-for-human", message);
  }

  async #end(state: StepState, message: string | null): Promise<void> {
    this.#state = state;
    this.#message = message;
    this.#unwritten.push(this.#entry(state, message));
    await this.#write();
  }

  #happened(number: number, event: CallEvent): void {
    const record = this.#calls[number];
    if (record === undefined) return;
    const call = afterEvent(record, event, this.#around.epoch);
    this.#calls[number] = call;
    this.#unwritten.push({ kind: "call", part: this.#number, number, call });
  }

  async #write(): Promise<void> {
    if (this.#unwritten.length === 0) return;
    const entries = this.#unwritten;
    this.#unwritten = [];
    await this.#around.journal(entries);
    this.#changed();
  }

  #changed(): void {
    this.#around.onChange({ state: this.#state, message: this.#message, calls: [...this.#calls] });
  }

  #entry(state: StepState, message: string | null): Extract<JournalEntry, { kind: "part" }> {
    return { kind: "part", part: this.#number, moduleId: this.#moduleId, state, message };
  }

  /** @returns whether it was cut short by somebody who cancels
   * @throws Leaving */
  async #wait(ms: number): Promise<boolean> {
    const { givenUp, leaving, time } = this.#around;
    await pause(time, ms, AbortSignal.any([givenUp, leaving]));
    if (leaving.aborted) throw new Leaving();
    return givenUp.aborted;
  }
}

const LOOK_WITHIN_MS = 30_000;

/** What has begun gets a chance, however late it is. */
function atLeastASecond(ms: number): number {
  return Math.max(1000, ms);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
