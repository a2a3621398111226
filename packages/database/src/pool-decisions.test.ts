import { assert } from "@octavo/result";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Waiting } from "./fair-queue.ts";
import { type Decision, defaultLimits, PoolDecisions, type PoolLimits } from "./pool-decisions.ts";

/** A pool without a database: carries decisions out at once, and holds them against the rules. */
class Model {
  readonly decisions: PoolDecisions;
  readonly limits: PoolLimits;
  now = 0;
  readonly waiting = new Set<Waiting>();
  /** Sessions that are out, and sessions that are not. */
  readonly busy = new Map<number, Waiting>();
  readonly idle = new Map<number, string>();
  readonly openedAt = new Map<number, number>();
  readonly served: Waiting[] = [];
  readonly refused: Waiting[] = [];
  readonly seen: Decision[] = [];
  #lastId = 0;

  constructor(limits: Partial<PoolLimits>) {
    this.limits = { ...defaultLimits, budget: 4, maxWaiting: 20, ...limits };
    this.decisions = new PoolDecisions(this.limits);
  }

  arrive(tenant: string, target: string, isBackground = false, waitMs = 2000): Waiting {
    this.#lastId += 1;
    const waiting = {
      id: this.#lastId,
      tenant,
      target,
      isBackground,
      since: this.now,
      deadline: this.now + waitMs,
    };
    this.waiting.add(waiting);
    this.decisions.arrived(waiting);
    this.#carryOut();
    return waiting;
  }

  giveBack(at: number, isUsable = true): void {
    const [session, waiting] = [...this.busy][at % this.busy.size] ?? [];
    if (session === undefined || waiting === undefined) return;
    this.busy.delete(session);
    this.idle.set(session, waiting.target);
    this.decisions.givenBack(session, isUsable, this.now);
    this.#carryOut();
  }

  pass(ms: number): void {
    this.now += ms;
    this.#carryOut();
  }

  #carryOut(): void {
    for (;;) {
      const { evicted } = this.decisions.gauges();
      const decision = this.decisions.next(this.now);
      if (decision === null) break;
      this.seen.push(decision);
      if (decision.kind === "close") {
        assert(this.idle.delete(decision.session), "only idle sessions are closed");
        this.decisions.closed(decision.session);
      } else {
        assert(this.waiting.delete(decision.waiting), "who is answered had waited");
        if (decision.kind === "refuse") this.refused.push(decision.waiting);
        else this.#serve(decision, this.decisions.gauges().evicted > evicted);
      }
      this.#check();
    }
  }

  #serve(decision: Exclude<Decision, { kind: "close" | "refuse" }>, isEviction: boolean): void {
    const { waiting, session } = decision;
    assert(waiting.deadline > this.now, "nobody is served too late");
    if (decision.kind === "give") {
      assert(this.idle.get(session) === waiting.target, "a session serves its own database");
      this.idle.delete(session);
    } else {
      if (decision.insteadOf !== null) this.#replace(decision.insteadOf, isEviction);
      this.openedAt.set(session, this.now);
      this.decisions.opened(session, this.now);
    }
    this.busy.set(session, waiting);
    this.served.push(waiting);
  }

  #replace(session: number, isEviction: boolean): void {
    const opened = this.openedAt.get(session) ?? 0;
    assert(this.idle.size + this.busy.size === this.limits.budget, "nothing is replaced while there is room");
    assert(this.idle.delete(session), "a session in use is not taken away");
    assert(
      !isEviction || this.now - opened >= this.limits.affinityMs,
      "a session stays with its database for a while",
    );
  }

  #check(): void {
    const { budget, maxWaiting } = this.limits;
    const inFlight = [...this.busy.values()];
    assert(inFlight.length + this.idle.size <= budget, "the budget is kept");
    for (const { tenant } of inFlight) {
      const its = inFlight.filter((other) => other.tenant === tenant).length;
      assert(its <= Math.max(1, Math.floor(budget / 2)), "one tenant has half of it at most");
    }
    const background = inFlight.filter(({ isBackground }) => isBackground).length;
    assert(background <= Math.max(1, Math.floor(budget * 0.3)), "the background has its share at most");
    const { used, idle, queued } = this.decisions.gauges();
    assert(queued <= maxWaiting, "the queue has its bound");
    assert(used === inFlight.length && idle === this.idle.size, "the gauges tell what is");
  }
}

const event = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("arrive" as const),
      tenant: fc.integer({ min: 0, max: 5 }),
      database: fc.integer({ min: 0, max: 3 }),
      isBackground: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("back" as const), at: fc.nat(10), isUsable: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 3000 }) }),
  },
);

describe("what a pool decides", () => {
  it("keeps budget, shares and bounds whatever happens, and in the end answers everybody", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 120 }), fc.integer({ min: 1, max: 6 }), (events, budget) => {
        const model = new Model({ budget, maxWaiting: 8, maxTenants: 3, minAgeMs: 100 });
        for (const each of events) {
          if (each.kind === "arrive") model.arrive(`t${each.tenant}`, `d${each.database}`, each.isBackground);
          else if (each.kind === "back") model.giveBack(each.at, each.isUsable);
          else model.pass(each.ms);
        }
        for (let n = 0; n < events.length && model.waiting.size + model.busy.size > 0; n += 1) {
          model.giveBack(0);
          model.pass(250);
        }
        expect([model.waiting.size, model.busy.size]).toEqual([0, 0]);
        model.pass(60_000);
        expect(model.idle.size, "idle sessions go").toBe(0);
        expect(model.decisions.nextLookAt(model.now)).toBe(Infinity);
      }),
    );
  });

  it("leaves nobody waiting whom an idle session or a free one could serve", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const model = new Model({ budget: 4 });
        for (const each of events) {
          if (each.kind === "arrive")
            model.arrive(`t${each.tenant}`, `d${each.database}`, each.isBackground, 1e9);
          else if (each.kind === "back") model.giveBack(each.at);
        }
        for (const { tenant, target, isBackground } of model.waiting) {
          const inFlight = [...model.busy.values()];
          const isBarred =
            inFlight.filter((other) => other.tenant === tenant).length >= 2 ||
            (isBackground && inFlight.some((other) => other.isBackground));
          const hasRoom = model.idle.size + model.busy.size < 4 || [...model.idle.values()].includes(target);
          expect(isBarred || !hasRoom).toBe(true);
        }
      }),
    );
  });

  it("gives each tenant that waits the same time of connections, however much each asks", () => {
    const model = new Model({ budget: 1, maxWaiting: 10_000 });
    const costMs = { noisy: 40, quiet: 5, other: 5 };
    const used = { noisy: 0, quiet: 0, other: 0 };
    const names = ["noisy", "noisy", "noisy", "quiet", "other"] as const;
    for (let n = 0; n < 4000; n += 1) model.arrive(names[n % names.length] ?? "noisy", "d", false, 1e9);
    for (let n = 0; n < 600; n += 1) {
      const [current] = model.busy.values();
      const tenant = names.find((name) => name === current?.tenant) ?? "noisy";
      model.pass(costMs[tenant]);
      used[tenant] += costMs[tenant];
      model.giveBack(0);
    }
    expect(used.noisy / used.quiet).toBeGreaterThan(0.8);
    expect(used.noisy / used.quiet).toBeLessThan(1.3);
    expect(used.other / used.quiet).toBeCloseTo(1, 1);
  });

  it("serves a tenant that comes new before what others had queued", () => {
    const model = new Model({ budget: 1 });
    for (let n = 0; n < 10; n += 1) model.arrive("noisy", "d");
    const late = model.arrive("quiet", "d");
    model.giveBack(0);
    model.giveBack(0);
    expect(model.served).toContain(late);
  });

  it("makes room in a full queue by refusing the newest of whoever has most", () => {
    const model = new Model({ budget: 1, maxWaiting: 4 });
    for (let n = 0; n < 5; n += 1) model.arrive("noisy", "d");
    const quiet = model.arrive("quiet", "d");
    expect(model.refused.map(({ tenant }) => tenant)).toEqual(["noisy"]);
    expect(model.waiting).toContain(quiet);
  });

  it("prefers a session that has met the tenant, then the one that has met fewest", () => {
    const model = new Model({ budget: 4 });
    model.arrive("a", "d");
    model.arrive("b", "d");
    model.giveBack(0);
    model.giveBack(0);
    const sessionOf = (tenant: string): number | undefined => {
      model.arrive(tenant, "d");
      const [last] = model.seen.slice(-1);
      model.giveBack(0);
      return last?.kind === "give" ? last.session : undefined;
    };
    expect([sessionOf("a"), sessionOf("b"), sessionOf("a")]).toEqual([1, 2, 1]);
  });

  it("retires a session that has met too many tenants, or is too old", () => {
    const model = new Model({ budget: 1, maxTenants: 3, minAgeMs: 100, maxAgeMs: 10_000 });
    const kinds = (): string[] => model.seen.splice(0).map(({ kind }) => kind);
    for (const tenant of ["a", "b", "c"]) {
      model.arrive(tenant, "d");
      model.giveBack(0);
    }
    expect(kinds(), "not at once").toEqual(["open", "give", "give"]);
    model.pass(100);
    model.arrive("a", "d");
    model.giveBack(0);
    expect(kinds()).toEqual(["give", "close"]);
    model.arrive("a", "d");
    model.pass(10_000);
    model.giveBack(0);
    expect(kinds()).toEqual(["open", "close"]);
    expect(model.decisions.gauges()).toMatchObject({ retired: 2, evicted: 0 });
  });

  it("moves a connection to another database only when the budget is full, and not at once", () => {
    const model = new Model({ budget: 2 });
    model.arrive("a", "d1");
    model.arrive("b", "d2");
    model.giveBack(0);
    model.arrive("c", "d3");
    expect(model.served.map(({ target }) => target)).toEqual(["d1", "d2"]);
    expect(model.decisions.nextLookAt(0)).toBe(250);
    model.pass(250);
    expect(model.served.map(({ target }) => target)).toEqual(["d1", "d2", "d3"]);
    expect(model.decisions.gauges()).toMatchObject({ evicted: 1, connects: 3 });
  });

  it("waits for a database's own connection rather than take another's that is in use", () => {
    const model = new Model({ budget: 2 });
    model.arrive("a", "d1");
    model.arrive("b", "d2");
    model.pass(300);
    model.giveBack(1);
    const second = model.arrive("c", "d1");
    expect(model.waiting, "d2's was needed just now").toContain(second);
    model.giveBack(0);
    expect(model.served).toContain(second);
    expect(model.decisions.gauges()).toMatchObject({ connects: 2, evicted: 0 });
  });

  it("takes another's all the same for whom its own keep waiting", () => {
    const model = new Model({ budget: 2 });
    model.arrive("a", "d1");
    model.giveBack(0);
    model.pass(300);
    model.arrive("b", "d2");
    model.arrive("c", "d2");
    model.pass(999);
    expect(model.busy.size).toBe(1);
    model.pass(1);
    expect([...model.busy.values()].map(({ target }) => target)).toEqual(["d2", "d2"]);
  });

  it("takes one of several to the same database before the only one to another", () => {
    const model = new Model({ budget: 3 });
    model.arrive("a", "d1"); // the longest unused, and d1's only one
    model.giveBack(0);
    model.pass(1);
    model.arrive("b", "d2");
    model.arrive("c", "d2");
    model.giveBack(0);
    model.giveBack(0);
    model.pass(300);
    model.arrive("d", "d3");
    expect([...model.idle.values()].toSorted()).toEqual(["d1", "d2"]);
  });
});
