import type { Socket } from "node:net";
import { type ConnectionTaker, defaultLimits, takeOnNode } from "@octavo/http-wire";
import { Replica, type RegistryEvent } from "@octavo/registry";
import { assert } from "@octavo/result";
import { noteListenerError } from "../front-door.ts";
import type { Log } from "../log.ts";
import { LoopLag } from "../loop-lag.ts";
import { GatewayMetrics } from "../metrics/gateway-metrics.ts";
import { clientConnections, processFamilies } from "../metrics/process-metrics.ts";
import { nowOf, type ToWorker, type ToWorkerLater } from "./messages.ts";
import type { ParentLink } from "./parent-link.ts";
import { serveInWorker, type WorkerServing } from "./serve-in-worker.ts";

export interface WorkerLogs {
  readonly log: Log;
  readonly accessLog: Log | null;
}

type Begin = Extract<ToWorker, { kind: "begin" }>;

const VITALS_EVERY_MS = 1000;

/** States: learning (patches come, nothing is served) -> serving -> ending (no connection comes any more) -> gone, with the
 * process. */
export class RunningWorker {
  readonly #link: ParentLink;
  readonly #begin: Begin;
  readonly #log: Log;
  readonly #accessLog: Log | null;
  readonly #metrics: GatewayMetrics;
  readonly #replica: Replica;
  readonly #hurry = new AbortController();
  readonly #lag = new LoopLag();
  #serving: WorkerServing | null = null;
  #taker: ConnectionTaker | null = null;
  #isEnding = false;

  constructor(link: ParentLink, begin: Begin, logs: WorkerLogs, logEvent: (event: RegistryEvent) => void) {
    this.#link = link;
    this.#begin = begin;
    this.#log = logs.log;
    this.#accessLog = logs.accessLog;
    this.#metrics = new GatewayMetrics(begin.config.metrics);
    const note = (event: RegistryEvent): void => {
      this.#metrics.registry.note(event);
      logEvent(event);
    };
    const { contact } = begin.told;
    this.#replica = new Replica(nowOf(begin.told), contact, note, () => link.ask({ of: "revision" }));
    this.#metrics.add(this.#metrics.registry.replicaFamilies(this.#replica));
    this.#metrics.add(clientConnections(() => this.#taker?.open ?? 0));
    this.#metrics.add(
      processFamilies({ isDraining: () => this.#isEnding, loopLagMs: () => this.#lag.worstMs }),
    );
    setInterval(() => this.#tellVitals(), VITALS_EVERY_MS);
  }

  hear(message: ToWorkerLater, connection: Socket | undefined): void {
    switch (message.kind) {
      case "patch":
        return this.#apply(message);
      case "rows":
        return this.#replica.tell(nowOf(message.told), message.told.contact);
      case "connection":
        return this.#take(connection);
      case "startDraining":
        this.#isEnding = true;
        return this.#taker?.startDraining();
      case "end":
        return void this.#end(message);
      case "hurry":
        return this.#hurry.abort();
      case "scrape":
        return this.#link.tell({ kind: "scraped", families: this.#metrics.read() });
    }
  }

  #apply({ patch, isLast }: Extract<ToWorker, { kind: "patch" }>): void {
    const applied = this.#replica.apply(patch);
    if (!applied.ok) return this.#fail(applied.error);
    if (!isLast) return;
    const { revision, history } = patch.position;
    this.#link.tell({ kind: "applied", revision, history });
    if (this.#serving === null && this.#taker === null) void this.#start();
  }

  async #start(): Promise<void> {
    this.#taker = takeOnNode({
      limits: defaultLimits,
      serve: (head, body, sink) => {
        assert(this.#serving !== null, "no connection comes before the worker is ready");
        return this.#serving.serve(head, body, sink);
      },
      onError: (error) => noteListenerError({ log: this.#log, metrics: this.#metrics }, error),
    });
    const serving = await serveInWorker(this.#link, this.#begin, this.#replica, {
      log: this.#log,
      metrics: this.#metrics,
      accessLog: this.#accessLog,
    });
    if (!serving.ok) return this.#fail(serving.error);
    this.#serving = serving.value;
    this.#link.tell({ kind: "ready" });
  }

  #take(connection: Socket | undefined): void {
    this.#link.tell({ kind: "taken" });
    // The client may have gone while it was on its way.
    if (connection !== undefined) this.#taker?.take(connection);
  }

  async #end({ keepsIdle, graceMs }: Extract<ToWorker, { kind: "end" }>): Promise<void> {
    this.#isEnding = true;
    const { signal } = this.#hurry;
    const ending = keepsIdle ? this.#taker?.drain(graceMs, signal) : this.#taker?.close(graceMs, signal);
    const cut = (await ending) ?? 0;
    await this.#serving?.close();
    this.#link.leave({ kind: "ended", cut });
  }

  /** What it knows cannot be trusted any more: the parent starts another one. */
  #fail(because: string): void {
    this.#log.error({ because }, "worker cannot go on");
    this.#link.leave({ kind: "failed", because });
  }

  #tellVitals(): void {
    const open = this.#taker?.open ?? 0;
    const lagMs = Math.round(this.#lag.worstMs);
    this.#link.tell({ kind: "vitals", open, lagMs, rssBytes: process.memoryUsage.rss() });
  }
}
