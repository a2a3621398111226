import { moduleOfTenant, type ModuleAnswer } from "@octavo/testing/module-of-tenant";
import { loginModule } from "../login.ts";
import { parseLoginConfig } from "../login-config.ts";
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

export async function loginOfTenant(env: Readonly<Record<string, string>> = {}): Promise<LoginOfTenant> {
  const gateway = await standInGateway();
  // The cheapest cost that Argon2id has: what is tested is not how slow it is.
  const config = parseLoginConfig({
    OCTAVO_LOGIN_ARGON2_MEMORY_KIB: "64",
    OCTAVO_LOGIN_ARGON2_PASSES: "1",
    ...env,
  });
  const running = await moduleOfTenant(loginModule(config), {}, { OCTAVO_URL: gateway.url });
  const ask: LoginOfTenant["ask"] = (request, body, headers = {}) =>
    running.ask(request, body, { headers: { "x-okapi-url": gateway.url, ...headers } });
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
