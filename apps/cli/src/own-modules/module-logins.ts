import { createHmac } from "node:crypto";

/** The logins of `octavo up`'s module host (DECISIONS 20, 21): it may do nothing by itself, and what makes schemas is used by tenant jobs. */
export interface ModuleLogins {
  readonly url: string;
  readonly adminUrl: string;
}

/** Both in the embedded database, where the gateway has its own schema. The login's password is made of the superuser's, so that it is the
 * same at each start and is kept nowhere. */
export function moduleLogins(superuserUrl: string): ModuleLogins {
  const url = new URL(superuserUrl);
  url.username = "octavo_modules";
  url.password = createHmac("sha256", new URL(superuserUrl).password).update("octavo_modules").digest("hex");
  return { url: url.href, adminUrl: superuserUrl };
}
