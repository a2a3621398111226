import { defineInterface, type ModuleDefinition, route, Type } from "@octavo/module-kit";
import { moduleOfTenant, type ModuleAnswer } from "@octavo/testing/module-of-tenant";
import { loginModule } from "../login.ts";
import { parseLoginConfig } from "../login-config.ts";
import { credentials } from "../records.ts";
import { credentialOf } from "../stored-credentials.ts";
import { standInGateway, type StandInGateway, type StandInUser } from "./stand-in-gateway.ts";

export interface LoginOfTenant {
  readonly gateway: StandInGateway;
  ask(request: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ModuleAnswer>;
  /** A user of users with this password. */
  person(name: string, password?: string): Promise<StandInUser>;
  signIn(
    username: string,
    password: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<ModuleAnswer>;
  close(): Promise<void>;
}

const Stored = Type.Object({
  userId: Type.String(),
  hash: Type.String(),
  salt: Type.Optional(Type.String()),
});

/** Besides the module's routes: `PUT /stored` and `GET /stored` for what no client sees. */
function withStored(module: ModuleDefinition): ModuleDefinition {
  const stored = defineInterface("stored", "1.0", [
    route({
      method: "PUT",
      path: "/stored",
      body: Stored,
      answers: { 204: null },
      handle: async ({ body, context, db }) => {
        await db.tx((tx) => credentials.create(tx, body, context));
        return { status: 204 };
      },
    }),
    route({
      method: "GET",
      path: "/stored",
      query: Type.Object({ userId: Type.String() }),
      answers: { 200: Type.Unknown() },
      handle: async ({ query, db }) => ({
        status: 200,
        body: await db.read((tx) => credentialOf(tx, query.userId)),
      }),
    }),
  ]);
  return { ...module, interfaces: [...module.interfaces, stored] };
}

/** Two instances on one database. */
export async function loginOfTenant(env: Readonly<Record<string, string>> = {}): Promise<LoginOfTenant> {
  const gateway = await standInGateway();
  // The cheapest cost that Argon2id has: what is tested is not how slow it is.
  const config = parseLoginConfig({
    OCTAVO_LOGIN_ARGON2_MEMORY_KIB: "64",
    OCTAVO_LOGIN_ARGON2_PASSES: "1",
    ...env,
  });
  const module = withStored(loginModule(config));
  const running = await moduleOfTenant(module, {}, { OCTAVO_URL: gateway.url });
  const second = await running.another(withStored(loginModule(config)));
  const first: typeof second = (...asked) => running.ask(...asked);
  let turn = 0;
  // Every other request comes to the other instance.
  const ask: LoginOfTenant["ask"] = (request, body, headers = {}) =>
    (turn++ % 2 === 0 ? first : second)(request, body, {
      headers: { "x-okapi-url": gateway.url, ...headers },
    });
  return {
    gateway,
    ask,
    person: async (username, password) => {
      const user = { id: crypto.randomUUID(), username, active: true };
      gateway.users.set(user.id, user);
      if (password !== undefined) await ask("POST /authn/credentials", { userId: user.id, password });
      return user;
    },
    signIn: (username, password, headers) =>
      ask("POST /authn/login-with-expiry", { username, password }, headers),
    close: async () => {
      await running.close();
      await gateway.close();
    },
  };
}
