import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { CallOptions, FlowAnswer } from "../flow/flow.ts";
import { FakeGateway } from "../gateway/fake-gateway.ts";
import { sendCall } from "../gateway/send-call.ts";
import { enableTenant } from "./enable-tenant.ts";
import { Instance, type InstanceOptions } from "./instance.ts";
import { openTestDatabase, type TestDatabase } from "./test-database.ts";

export interface FleetOptions {
  /** What exports the module, or several: `new URL("./module.ts", import.meta.url)`. */
  readonly file: URL;
  /** 3. */
  readonly instances?: number;
  /** Of a user who may make roles and schemas; without it a PostgreSQL of its own is started. */
  readonly databaseUrl?: string;
  /** "off": as if nothing were ever cached (OCTAVO_CACHE=off). */
  readonly caches?: "on" | "off";
  readonly files?: InstanceOptions["files"];
  /** More variables of the instances, before ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Characters of a log that a failure shows. */
const LOG_SHOWN = 4000;

/** Instances of a module behind a gateway that picks another one for each request. `close` ends all of it.
 *
 *     const fleet = await Fleet.start({ file: new URL("./tags.ts", import.meta.url) });
 *     expect(await replay(fleet, rename)).toEqual([]); */
export class Fleet {
  readonly gateway: FakeGateway;
  readonly #database: TestDatabase;
  readonly #options: InstanceOptions;
  #instances: readonly Instance[] = [];
  #started = 0;
  #enabled = 0;

  private constructor(gateway: FakeGateway, database: TestDatabase, options: InstanceOptions) {
    this.gateway = gateway;
    this.#database = database;
    this.#options = options;
  }

  static async start({
    file,
    instances = 3,
    databaseUrl,
    caches = "on",
    files = "own",
    env = {},
  }: FleetOptions): Promise<Fleet> {
    const database = await openTestDatabase(databaseUrl ?? null);
    const gateway = await FakeGateway.start();
    const keys =
      env["OCTAVO_TRUST"] === "network" ? {} : { OCTAVO_GATEWAY_JWKS: `${gateway.url}/_/octavo/keys` };
    const fleet = new Fleet(gateway, database, {
      file: fileURLToPath(file),
      files,
      env: {
        ...database.env,
        ...keys,
        OCTAVO_URL: gateway.url,
        OCTAVO_CHECK_ANSWERS: "on",
        OCTAVO_CACHE: caches,
        OCTAVO_SWEEP_SECONDS: "3", // work whose wake was lost with a killed instance is found soon
        ...env,
      },
    });
    try {
      await fleet.add(); // it makes the login; the others find it
      await Promise.all(Array.from({ length: instances - 1 }, () => fleet.add()));
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  get instances(): readonly Instance[] {
    return this.#instances;
  }

  async add(): Promise<Instance> {
    const instance = await Instance.start(this.#started++, this.#options);
    this.#set([...this.#instances, instance]);
    return instance;
  }

  /** SIGKILL, and another one in its place. */
  async replaceKilled(instance: Instance): Promise<void> {
    this.#remove(instance);
    await instance.kill();
    await this.add();
  }

  /** The gateway is told first, then SIGTERM: what it has begun is answered. */
  async drain(instance: Instance): Promise<void> {
    this.#remove(instance);
    await instance.drain();
  }

  instance(number: number): Instance {
    const found = this.#instances.find((each) => each.number === number);
    if (found === undefined) throw new Error(`there is no instance ${number}`);
    return found;
  }

  /** A tenant of its own, with the module enabled.
   * @returns its id */
  async newTenant(tenantId = `t${randomBytes(5).toString("hex")}`): Promise<string> {
    const instance = this.#instances[this.#enabled++ % this.#instances.length];
    if (instance === undefined) throw new Error("the fleet has no instance");
    try {
      await enableTenant(this.gateway, instance, tenantId);
    } catch (cause) {
      throw new Error(`${String(cause)}; the end of the instance's log:\n${instance.log.slice(-LOG_SHOWN)}`, {
        cause,
      });
    }
    return tenantId;
  }

  /** One request through the gateway. */
  call<Body = unknown>(
    tenantId: string,
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<FlowAnswer<Body>> {
    return sendCall(this.gateway, tenantId, { method, path, options }) as Promise<FlowAnswer<Body>>; // as the caller says
  }

  async close(): Promise<void> {
    await Promise.all(this.#instances.map((instance) => instance.kill()));
    await this.gateway.close();
    await this.#database.stop();
  }

  #remove(instance: Instance): void {
    this.#set(this.#instances.filter((each) => each !== instance));
  }

  #set(instances: readonly Instance[]): void {
    this.#instances = instances;
    this.gateway.targets = instances;
  }
}
