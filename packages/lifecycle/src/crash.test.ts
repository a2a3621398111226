import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterEvent, type CallEvent, type CallRecord, newCall } from "./call-state.ts";
import { decidePart } from "./decide-job.ts";
import type { PlannedCall } from "./planned-call.ts";

/** The calls of one part as rows and drivers that die: what a driver has in memory is lost with it, what it has written is
 * what the next one begins with. */
class Simulation {
  readonly #choose: (count: number) => number;
  #rows: readonly CallRecord[];
  epoch = 1;
  /** How often the module was really called, and how often a human wanted it again, by the number of the call. */
  readonly sent: number[];
  readonly wantedAgain: number[];
  switches = 0;

  constructor(calls: readonly PlannedCall[], choose: (count: number) => number) {
    this.#choose = choose;
    this.#rows = calls.map(newCall);
    this.sent = calls.map(() => 0);
    this.wantedAgain = calls.map(() => 0);
  }

  run(mostTurns: number): readonly CallRecord[] {
    for (let turn = 0; turn < mostTurns; turn += 1) {
      const decision = decidePart(this.#rows);
      if (decision.kind === "done" || decision.kind === "failed") return this.#rows;
      if (!("record" in decision)) this.#ask();
      else this.#act(decision.call, decision.record, decision.kind);
    }
    throw new Error("it does not end");
  }

  #act(number: number, { planned }: CallRecord, kind: "send" | "poll" | "remove"): void {
    if (planned.kind === "switch") {
      if (this.#dies()) return;
      this.switches += 1; // one transaction with its row
      this.#write(number, { kind: "done" });
      return;
    }
    if (kind === "send") {
      this.#write(number, { kind: "intended", at: 0 });
      if (this.#dies()) return;
      const event = this.#answer(planned.job !== null);
      if (event.kind !== "not-sent") this.sent[number] = (this.sent[number] ?? 0) + 1;
      if (this.#dies()) return;
      this.#write(number, event);
      return;
    }
    if (this.#dies()) return;
    if (kind === "poll") {
      if (this.#choose(3) === 0) return; // it works on
      this.#write(
        number,
        this.#pick([{ kind: "job-ended", error: null }, { kind: "job-ended", error: "no" }, gone]),
      );
    } else {
      const { message } = this.#rows[number] ?? { message: null };
      this.#write(
        number,
        message === null ? { kind: "done" } : { kind: "failed", message, fault: "internal" },
      );
    }
  }

  #answer(mayBeginJob: boolean): CallEvent {
    const job: CallEvent = { kind: "job-begun", instanceId: "i", moduleJob: "j" };
    return this.#pick<CallEvent>([
      { kind: "done" },
      { kind: "failed", message: "no", fault: "user" },
      { kind: "not-sent", message: "refused" },
      gone,
      ...(mayBeginJob ? [job, job] : []),
    ]);
  }

  /** @returns whether the driver died here; then the next one has looked at the rows */
  #dies(): boolean {
    if (this.#choose(4) !== 0) return false;
    this.epoch += 1;
    this.#rows = this.#rows.map((row) =>
      row.state === "intended" ? afterEvent(row, { kind: "taken-over" }, this.epoch) : row,
    );
    return true;
  }

  #ask(): void {
    const verb = this.#pick(["retry", "resume", "fail"] as const);
    this.#rows = this.#rows.map((row, number) => {
      if (row.state !== "indeterminate") return row;
      if (verb === "retry" && row.moduleJob === null)
        this.wantedAgain[number] = (this.wantedAgain[number] ?? 0) + 1;
      return afterEvent(row, { kind: verb, by: "somebody" }, row.epoch);
    });
  }

  #write(number: number, event: CallEvent): void {
    this.#rows = this.#rows.map((row, at) => (at === number ? afterEvent(row, event, this.epoch) : row));
  }

  #pick<T>(from: readonly T[]): T {
    const picked = from[this.#choose(from.length)];
    if (picked === undefined) throw new Error("nothing to pick");
    return picked;
  }
}

const gone: CallEvent = { kind: "unanswered", message: "closed" };

function anyCalls(): fc.Arbitrary<readonly PlannedCall[]> {
  const moduleCall = fc.record({
    kind: fc.constantFrom("permissions", "tenant", "purge"),
    isRepeatable: fc.boolean(),
    mayFail: fc.boolean(),
    hasJob: fc.boolean(),
  });
  return fc.array(moduleCall, { maxLength: 4 }).map((calls) => [
    ...calls.map(({ hasJob, ...call }): PlannedCall => ({
      ...call,
      moduleId: "a-1.0.0",
      about: "a-1.0.0",
      method: "POST",
      path: "/_/tenant",
      body: "",
      job: hasJob ? { get: "/_/tenant/{id}", delete: "/_/tenant/{id}" } : null,
    })),
    { kind: "switch", enable: ["a-1.0.0"], disable: [] } as const,
  ]);
}

describe("a part whose drivers may die at any moment", () => {
  it("ends, calls no module twice unasked that has not said that it may, and switches once or not at all", () => {
    fc.assert(
      fc.property(anyCalls(), fc.infiniteStream(fc.nat()), (calls, numbers) => {
        const simulation = new Simulation(calls, (count) => (numbers.next().value ?? 0) % count);
        const rows = simulation.run(5000);
        const isDone = decidePart(rows).kind === "done";
        for (const [number, { planned }] of rows.entries()) {
          if (planned.kind === "switch") continue;
          const most = planned.isRepeatable ? 6 : 1;
          const wanted = (simulation.wantedAgain[number] ?? 0) * most;
          expect(simulation.sent[number]).toBeLessThanOrEqual(most + wanted);
        }
        expect(simulation.switches).toBe(isDone ? 1 : 0);
        expect(
          rows.every(({ state }) => state !== "intended" && state !== "polled" && state !== "told"),
        ).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
