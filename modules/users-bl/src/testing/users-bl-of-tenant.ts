import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { usersBlModule } from "../users-bl.ts";
import { parseUsersBlConfig } from "../users-bl-config.ts";
import { type StandInModules, standInModules } from "./stand-in-modules.ts";

export interface UsersBlOfTenant extends Pick<ModuleOfTenant, "ask"> {
  readonly others: StandInModules;
  close(): Promise<void>;
}

/** Two instances, asked in turn, and stand-ins for all other modules: a message is taken, nothing is set, tokens are signed. */
export async function usersBlOfTenant(env: Readonly<Record<string, string>> = {}): Promise<UsersBlOfTenant> {
  const others = await standInModules();
  const module = usersBlModule(parseUsersBlConfig({ OCTAVO_FORGOTTEN_ANSWER_MS: "0", ...env }));
  const running = await moduleOfTenant(module, {}, { OCTAVO_URL: others.url });
  const second = await running.another(module);
  let turn = 0;
  return {
    others,
    ask: (...asked) => (turn++ % 2 === 0 ? running.ask(...asked) : second(...asked)),
    close: async () => {
      await running.close();
      await others.close();
    },
  };
}

/** A link's token, as the gateway hands it on after it has checked the signature. */
export function linkToken(actionId: string, subject = "UNDEFINED_USER__RESET_PASSWORD_"): string {
  const payload = Buffer.from(JSON.stringify({ sub: `${subject}${actionId}` })).toString("base64url");
  return `head.${payload}.signature`;
}
