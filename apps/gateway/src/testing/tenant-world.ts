import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { type GatewayInTest, gatewayInTest } from "./gateway-in-test.ts";
import { echoDescriptor, loginDescriptor, usersDescriptor } from "./stand-in-descriptors.ts";
import {
  type StandIn,
  startLoginModule,
  startTellingModule,
  startUsersModule,
  type UsersModule,
} from "./stand-in-modules.ts";

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** Gateways in this process on one database, with tenants that have the stand-in modules. */
export interface TenantWorld {
  readonly databaseUrl: string;
  readonly gateways: readonly GatewayInTest[];
  readonly users: UsersModule;
  readonly login: StandIn;
  readonly echo: StandIn;
  /** An operator with role admin. */
  readonly operatorToken: string;
  /** @param at which gateway */
  call(at: number, method: string, path: string, headers?: HeaderMap, body?: unknown): Promise<Answered>;
  /** A call of tenant "diku" with this token. */
  as(token: string | null, at: number, method: string, path: string, headers?: HeaderMap): Promise<Answered>;
  manage(method: string, path: string, body?: unknown): Promise<Answered>;
  /** A new operator's token. */
  operator(...roles: string[]): Promise<string>;
  /** Signs a user of tenant "diku" in, who is made if there is none. */
  signIn(userId: string, at?: number): Promise<Tokens>;
  /** The token that a module is called with: the route must be one that tells. */
  tokenOfModule(token: string | null, path: string): Promise<string>;
  close(): Promise<void>;
}

type HeaderMap = Readonly<Record<string, string>>;

const operatorToken = "an operator's token for these tests only".replaceAll(/[ ']/g, "-");

export async function startTenantWorld(
  gateways: number,
  { tenants = ["diku", "north"], usersModule = usersDescriptor, env = {} } = {},
): Promise<TenantWorld> {
  const database = await freshDatabase();
  const running: GatewayInTest[] = [];
  for (let number = 0; number < gateways; number += 1) {
    running.push(
      await gatewayInTest({
        DATABASE_URL: database.url,
        OCTAVO_OPERATOR_TOKEN: operatorToken,
        ...env,
      }),
    );
  }
  const [users, login, echo] = await Promise.all([
    startUsersModule(),
    startLoginModule(),
    startTellingModule(),
  ]);
  const world = worldOf(database, running, { users, login, echo });
  const placed = [
    [usersModule, users],
    [loginDescriptor, login],
    [echoDescriptor, echo],
  ] as const;
  for (const [descriptor, { url }] of placed) {
    await must(world.manage("POST", "/_/proxy/modules?check=false", descriptor));
    const instance = { instId: `${descriptor.id}-1`, srvcId: descriptor.id, url };
    await must(world.manage("POST", "/_/discovery/modules", instance));
  }
  for (const id of tenants) {
    await must(world.manage("POST", "/_/proxy/tenants", { id }));
    const steps = placed.map(([descriptor]) => ({ id: descriptor.id, action: "enable" }));
    await must(world.manage("POST", `/_/proxy/tenants/${id}/install?invoke=false`, steps));
  }
  for (let at = 0; at < gateways; at += 1) await knows(world, at);
  return world;
}

function worldOf(
  database: FreshDatabase,
  gateways: readonly GatewayInTest[],
  modules: { readonly users: UsersModule; readonly login: StandIn; readonly echo: StandIn },
): TenantWorld {
  const world: TenantWorld = {
    databaseUrl: database.url,
    gateways,
    ...modules,
    operatorToken,
    async call(at, method, path, headers = {}, body) {
      const answered = await fetch((gateways[at]?.gateway.url ?? "") + path, {
        method,
        headers: { "Content-Type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      return { status: answered.status, text: await answered.text(), headers: answered.headers };
    },
    as(token, at, method, path, headers = {}) {
      const own = token === null ? {} : { "X-Okapi-Token": token };
      return world.call(at, method, path, { "X-Okapi-Tenant": "diku", ...own, ...headers });
    },
    manage(method, path, body) {
      return world.call(0, method, path, { "X-Okapi-Token": operatorToken }, body);
    },
    async operator(...roles) {
      const made = await must(world.manage("POST", "/_/octavo/operators", { name: "one", roles }));
      return textOf(made.text, "token");
    },
    async signIn(userId, at = 0) {
      if (!modules.users.users.has(userId)) {
        modules.users.users.set(userId, { active: true, permissions: ["echo.get"] });
      }
      const body = { payload: { sub: `name of ${userId}`, user_id: userId } };
      const signed = await must(world.call(at, "POST", "/authn/login", { "X-Okapi-Tenant": "diku" }, body));
      return {
        accessToken: textOf(signed.text, "accessToken"),
        refreshToken: textOf(signed.text, "refreshToken"),
      };
    },
    async tokenOfModule(token, path) {
      return textOf((await must(world.as(token, 0, "GET", path))).text, "x-okapi-token");
    },
    async close() {
      await Promise.all(gateways.map(({ gateway }) => gateway.close()));
      await Promise.all([modules.users.close(), modules.login.close(), modules.echo.close()]);
      await database.drop();
    },
  };
  return world;
}

async function must(calling: Promise<Answered>): Promise<Answered> {
  const answered = await calling;
  if (answered.status >= 300) throw new Error(`${answered.status}: ${answered.text}`);
  return answered;
}

/** Waits until a gateway knows what the first one has written. */
async function knows(world: TenantWorld, at: number): Promise<void> {
  const revisionAt = async (which: number) =>
    numberOf((await world.call(which, "GET", "/_/health/ready")).text);
  const newest = await revisionAt(0);
  await untilTrue("the other gateway has caught up", async () => (await revisionAt(at)) >= newest);
}

/** Waits for something that nothing announces; fails loudly instead of for ever. */
export async function untilTrue(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const givesUpAt = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > givesUpAt) throw new Error(`still not after ${withinMs} ms: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}

export function textOf(json: string, name: string): string {
  const value: unknown = Reflect.get(JSON.parse(json) as object, name); // every answer read here is an object
  if (typeof value !== "string") throw new Error(`no text ${name} in ${json}`);
  return value;
}

function numberOf(json: string): number {
  return (JSON.parse(json) as { revision: number }).revision; // Readiness of the API
}
