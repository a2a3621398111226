import { JobDriver } from "@octavo/lifecycle";
import {
  type LogLimits,
  openRegistry,
  type Registry,
  type RegistryEvent,
  type Snapshot,
} from "@octavo/registry";
import { NetworkLink } from "@octavo/testing/simulation/network";
import { type Place, SimulatedClient } from "@octavo/testing/simulation/simulated-client";
import { SimulatedPool } from "@octavo/testing/simulation/simulated-pool";
import type { Scheduler } from "@octavo/testing/simulation/scheduler";
import type { SimulatedServer } from "@octavo/testing/simulation/simulated-server";
import { SimulatedProcess } from "@octavo/testing/simulation/simulated-process";
import type { RecordedCalls } from "./recorded-calls.ts";
import { internalModule, LEAST_IN_LOG } from "./stage.ts";

const RESTART_MS = 300;

/** Too many to be read. */
const unsaid: readonly RegistryEvent["kind"][] = ["write-repeated", "applied", "settled"];

/** Cut all the time, a few seconds behind: whoever is frozen or cut off finds his place gone. */
const logLimits: LogLimits = {
  mostRows: LEAST_IN_LOG,
  leastRows: LEAST_IN_LOG,
  mostAgeMs: 3_600_000,
  leastAgeMs: 0,
  rowsAtOnce: 3,
  everyMs: 2000,
};

/** What a gateway meets, and who watches it. */
export interface GatewayWorld {
  readonly scheduler: Scheduler;
  readonly server: SimulatedServer;
  readonly calls: RecordedCalls;
  readonly isFaulty: boolean;
  note(what: string): void;
  /** A claim did not hold. */
  broke(claim: string, detail: string): void;
  /** A driver met a mistake. */
  problem(because: string): void;
  /** The gateway serves this snapshot from now on. */
  applied(gateway: SimulatedGateway, snapshot: Snapshot): void;
}

/** One gateway: the registry and the driver of jobs as they are, in a process that can be killed, frozen and cut off. */
export class SimulatedGateway {
  readonly name: string;
  readonly link: NetworkLink;
  readonly #world: GatewayWorld;
  #process: SimulatedProcess | null = null;
  #pool: SimulatedPool | null = null;
  #registry: Registry | null = null;
  #driver: JobDriver | null = null;
  #id = "";

  constructor(world: GatewayWorld, name: string) {
    this.#world = world;
    this.name = name;
    this.link = new NetworkLink(world.scheduler);
  }

  /** null before it has opened its state, and when it is dead. */
  get registry(): Registry | null {
    return this.#registry;
  }

  get driver(): JobDriver | null {
    return this.#driver;
  }

  get process(): SimulatedProcess | null {
    return this.#process;
  }

  /** Of the process that runs. */
  get id(): string {
    return this.#id;
  }

  get state(): "running" | "frozen" | "dead" {
    return this.#process?.state ?? "dead";
  }

  start(): void {
    const { scheduler, server } = this.#world;
    this.#id = server.newId();
    const process = new SimulatedProcess(scheduler, this.name, scheduler.random.between(0.99, 1.01));
    this.#process = process;
    void this.#run(process).catch((error: unknown) => {
      this.#world.broke("no exception is left over", `${this.name}: ${String(error)}`);
    });
  }

  kill(): void {
    this.#process?.kill();
    this.#registry = null;
    this.#driver = null;
  }

  breakOneConnection(): void {
    this.#pool?.breakOne((clients) => this.#world.scheduler.random.pick(clients));
  }

  async #run(process: SimulatedProcess): Promise<void> {
    const { server } = this.#world;
    const place: Place = { process, server, link: this.link };
    const { time } = process;
    for (;;) {
      const opened = await openRegistry({
        connectionString: "",
        instance: { id: this.#id, name: this.name, url: `http://${this.name}`, version: "0.0.0" },
        internalModule,
        log: (event) => this.#heard(event),
        logLimits,
        surroundings: {
          time,
          // as: what the registry uses of pg's classes, these have
          createPool: () => (this.#pool = new SimulatedPool(place, 8)) as unknown as ReturnType<CreatePool>,
          createListener: () => new SimulatedClient(place) as unknown as ReturnType<CreateListener>,
        },
      });
      if (opened.ok) {
        this.#opened(process, opened.value);
        return;
      }
      this.#world.note(`${this.name} cannot open: ${opened.error.message}`);
      await new Promise<void>((resolve) => time.after(RESTART_MS, resolve));
    }
  }

  #opened(process: SimulatedProcess, registry: Registry): void {
    this.#registry = registry;
    this.#world.applied(this, registry.snapshot);
    registry.onSnapshot((snapshot) => this.#world.applied(this, snapshot));
    this.#driver = new JobDriver({
      registry,
      callModule: this.#world.calls.from(process, () => this.#world.isFaulty),
      gatewayProvides: [],
      forget: async () => undefined,
      instanceId: this.#id,
      onSettled: () => undefined,
      onProblem: (_jobId, because) => this.#world.problem(because),
      time: process.time,
    });
    this.#world.note(`${this.name} is open at ${registry.snapshot.revision}`);
  }

  #heard(event: RegistryEvent): void {
    if (!unsaid.includes(event.kind)) this.#world.note(`${this.name}: ${JSON.stringify(event)}`);
  }
}

type Surroundings = NonNullable<Parameters<typeof openRegistry>[0]["surroundings"]>;
type CreatePool = Surroundings["createPool"];
type CreateListener = Surroundings["createListener"];
