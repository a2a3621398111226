import type { Snapshot } from "@octavo/registry";
import { ONLY, registryStatements } from "@octavo/testing/simulation/registry-statements";
import type { ChangeRow, InstanceRow } from "@octavo/testing/simulation/rows";
import { Scheduler } from "@octavo/testing/simulation/scheduler";
import { SimulatedServer } from "@octavo/testing/simulation/simulated-server";
import { nothing, type Statements } from "@octavo/testing/simulation/statement";
import { brokenByCommit, cutOf } from "./commit-claims.ts";
import { type GatewayWorld, SimulatedGateway } from "./gateway.ts";
import { RecordedCalls } from "./recorded-calls.ts";

/** A claim that did not hold, and when. */
export interface Violation {
  readonly claim: string;
  readonly atMs: number;
  readonly detail: string;
}

/** What was last seen of a gateway. */
interface AppliedAt {
  readonly id: string;
  readonly history: string;
  readonly revision: number;
}

/** What the gateways whose heartbeat was live had really applied when somebody looked who lives. */
interface Look {
  readonly atMs: number;
  readonly live: readonly { readonly gateway: SimulatedGateway; readonly at: AppliedAt }[];
}

const LIVE = "select id, name, url, version, started_at";
const LIVE_MS = 3000;
const REMEMBERED_LOOKS = 500;
const GATEWAYS = ["a", "b", "c"] as const;
const REMEMBERED_NOTES = 400;

/** Three gateways, one database, modules, and what is known of them from outside. */
export class World implements GatewayWorld {
  readonly scheduler: Scheduler;
  readonly server: SimulatedServer;
  readonly calls: RecordedCalls;
  readonly gateways: readonly SimulatedGateway[];
  readonly violations: Violation[] = [];
  /** Whether faults may happen now. */
  isFaulty = false;
  /** When commits were lost, by a standby that took over without them. */
  readonly losses: number[] = [];
  readonly #notes: string[] = [];
  readonly #looks: Look[] = [];
  /** A failover may bring some of them back, and then other ones under their numbers. */
  readonly #cutOff = new Map<number, ChangeRow>();
  /** Of the last loss: what was lost, and which processes had applied it. */
  #remembered: readonly { readonly writeId: string; readonly by: ReadonlySet<string> }[] = [];
  readonly #applied = new Map<SimulatedGateway, AppliedAt>();

  constructor(seed: number, planted: Statements) {
    this.scheduler = new Scheduler(seed);
    const readLive = planted[LIVE] ?? registryStatements[LIVE];
    const statements: Statements = {
      ...planted,
      [LIVE]: (transaction, values, facts) => {
        this.#looked(
          transaction.all("instance").map(([, row]) => row),
          facts.nowMs,
        );
        return readLive?.(transaction, values, facts) ?? nothing;
      },
    };
    this.server = new SimulatedServer(this.scheduler, statements);
    this.server.onCommit = (before, after) => {
      const until = cutOf(after).revision;
      for (let revision = cutOf(before).revision + 1; revision <= until; revision += 1) {
        const change = before.get("change")?.get(String(revision));
        this.#cutOff.set(revision, change as ChangeRow); // as: a transaction's `put` is the only way in
      }
      for (const { claim, detail } of brokenByCommit(before, after)) this.broke(claim, detail);
    };
    this.calls = new RecordedCalls(this.scheduler);
    this.gateways = GATEWAYS.map((name) => new SimulatedGateway(this, name));
  }

  /** All changes of the line of history that is there, also those that were cut off. */
  get wholeLog(): readonly ChangeRow[] {
    const until = cutOf(this.server.committed).revision;
    const cutOff = [...this.#cutOff.values()].filter(({ revision }) => revision <= until);
    const rows = this.server
      .look()
      .all("change")
      .map(([, row]) => row);
    return [...cutOff, ...rows].sort((left, right) => left.revision - right.revision);
  }

  /** The last things that happened, for whoever wants to know why. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  note(what: string): void {
    this.#notes.push(`${this.scheduler.nowMs.toFixed(2).padStart(9)} ${what}`);
    if (this.#notes.length > REMEMBERED_NOTES) this.#notes.shift();
  }

  broke(claim: string, detail: string): void {
    this.violations.push({ claim, atMs: this.scheduler.nowMs, detail });
    this.note(`BROKEN: ${claim}: ${detail}`);
  }

  /** A driver met a mistake. Of a job that was lost with the end of the log there is nothing to write to. */
  problem(because: string): void {
    const isOfLost = this.losses.length > 0 && because.includes("foreign key");
    if (!isOfLost) this.broke("no exception is left over", because);
  }

  /** A gateway serves this snapshot from now on. */
  applied(gateway: SimulatedGateway, { history, revision }: Snapshot): void {
    const last = this.#applied.get(gateway);
    if (last?.id === gateway.id && last.history === history && last.revision > revision) {
      this.broke("no applied revision goes back", `${gateway.name}: ${last.revision} -> ${revision}`);
    }
    this.#applied.set(gateway, { id: gateway.id, history, revision });
  }

  /** A client was told that every live gateway has applied it: then somebody has looked meanwhile, and all had. */
  saidEverywhere(
    by: SimulatedGateway,
    { history, revision }: Pick<AppliedAt, "history" | "revision">,
    askedAtMs: number,
  ): void {
    const looks = this.#looks.filter(({ atMs }) => atMs >= askedAtMs);
    const laggardsOf = ({ live }: Look): readonly string[] =>
      live
        .filter(({ gateway, at }) => gateway !== by && at.history === history && at.revision < revision)
        .map(({ gateway, at }) => `${gateway.name} at ${at.revision}`);
    if (looks.some((look) => laggardsOf(look).length === 0)) return;
    const found = looks.map(laggardsOf).join("; ");
    this.broke("the barrier names who lags", `${by.name} said that ${revision} is everywhere; ${found}`);
  }

  /** A standby takes over that lacks the last commits. */
  lose(lostMs: number): void {
    const changesOf = (): ReadonlyMap<string, number> =>
      new Map(
        this.server
          .look()
          .all("change")
          .map(([, { writeId, revision }]) => [writeId, revision]),
      );
    const before = changesOf();
    const history = this.server.look().get("revision", ONLY)?.history;
    this.losses.push(this.scheduler.nowMs);
    this.server.stop();
    this.server.becomeStandby(lostMs);
    const after = changesOf();
    const lost = [...before].filter(([writeId]) => !after.has(writeId));
    // Whoever has missed the loss before has another change under the same number (seed 785).
    const hasApplied = (at: AppliedAt, revision: number): boolean =>
      at.history === history && at.revision >= revision;
    this.#remembered = lost.map(([writeId, revision]) => ({
      writeId,
      by: new Set([...this.#applied].filter(([, at]) => hasApplied(at, revision)).map(([, { id }]) => id)),
    }));
    this.note(`lost: ${lost.map(([, revision]) => revision).join(", ")}`);
  }

  /** What was lost in the last loss and is remembered by a process that lives still. */
  get lostAndRemembered(): readonly string[] {
    const ids = new Set(this.gateways.map(({ id }) => id));
    return this.#remembered
      .filter(({ by }) => [...by].some((id) => ids.has(id)))
      .map(({ writeId }) => writeId);
  }

  #looked(instances: readonly InstanceRow[], nowMs: number): void {
    const ids = new Set(
      instances.filter(({ heartbeatAtMs }) => heartbeatAtMs > nowMs - LIVE_MS).map(({ id }) => id),
    );
    const live = [...this.#applied]
      .filter(([gateway, { id }]) => gateway.state !== "dead" && gateway.id === id && ids.has(id))
      .map(([gateway, at]) => ({ gateway, at }));
    this.#looks.push({ atMs: this.scheduler.nowMs, live });
    if (this.#looks.length > REMEMBERED_LOOKS) this.#looks.shift();
  }
}
