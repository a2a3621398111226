import type { CallModule, ModuleAnswer, ModuleRequest } from "@octavo/lifecycle";
import type { Scheduler } from "@octavo/testing/simulation/scheduler";
import type { SimulatedProcess } from "@octavo/testing/simulation/simulated-process";

/** A call as it reached a module. */
export interface ReceivedCall {
  readonly key: string;
  readonly moduleId: string;
  readonly epoch: number;
  readonly atMs: number;
}

/** Modules that note what they are asked for. One in twenty calls is not sent, one in twenty is carried out and never answered. */
export class RecordedCalls {
  readonly received: ReceivedCall[] = [];
  /** How many calls nobody knows the outcome of. */
  unanswered = 0;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** How one process calls them: an answer reaches it only while it lives. */
  from(process: SimulatedProcess, isFaulty: () => boolean): CallModule {
    return (request) =>
      new Promise((resolve) => {
        const { random } = this.#scheduler;
        const fault = isFaulty() ? random.next() : 1;
        const takesMs = random.between(2, random.chance(0.3) ? 6000 : 50);
        const answer = (what: ModuleAnswer): void => {
          this.#scheduler.after(takesMs, () => process.deliver(() => resolve(what)));
        };
        if (fault < 0.05) {
          answer({ kind: "not-sent", message: "refused", status: null });
          return;
        }
        this.#receive(request);
        if (fault < 0.1) {
          this.unanswered += 1;
          answer({ kind: "unanswered", message: "closed", status: null });
        } else answer({ kind: "answered", location: null, body: "", instanceId: "one" });
      });
  }

  #receive({ key, moduleId, epoch }: ModuleRequest): void {
    this.received.push({ key, moduleId, epoch, atMs: this.#scheduler.nowMs });
  }
}
