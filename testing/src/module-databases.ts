import { randomBytes } from "node:crypto";
import {
  type Databases,
  type DatabasesOptions,
  openDatabases,
  type Place,
  type Provisioner,
} from "@octavo/database";
import { freshDatabase } from "./fresh-database.ts";
import { query } from "./query.ts";

export interface ModuleDatabases {
  readonly databases: Databases;
  readonly provisioner: Provisioner;
  /** Of the login, which may do nothing by itself, and of a superuser. */
  readonly url: string;
  readonly adminUrl: string;
  /** Makes what a tenant needs of a module. */
  provision(tenantId: string, moduleName: string): Promise<Place>;
  /** A second process of the same login. */
  open(options?: Partial<DatabasesOptions>): Promise<Databases>;
  close(): Promise<void>;
}

/** A fresh database with a login of its own, the homes of modules, and the schemas of tenants in each of them.
 *
 *     const { databases, close } = await moduleDatabases({ modules: ["octavo-tags"], tenants: ["diku"] });
 *     await databases.of("octavo-tags").tx({ tenantId: "diku", work: "foreground" }, (tx) => ...);
 */
export async function moduleDatabases(
  wanted: { readonly modules: readonly string[]; readonly tenants: readonly string[] },
  options: Partial<DatabasesOptions> = {},
): Promise<ModuleDatabases> {
  const fresh = await freshDatabase();
  const adminUrl = fresh.url;
  const login = `octavo_login_${randomBytes(6).toString("hex")}`;
  const url = new URL(adminUrl);
  url.username = login;
  url.password = "secret";
  const clusters = { main: { url: url.href, adminUrl } };
  const opened: Databases[] = [];
  const open = async (more: Partial<DatabasesOptions> = {}): Promise<Databases> => {
    const databases = await openDatabases({ clusters, ...options, ...more });
    opened.push(databases);
    return databases;
  };
  const databases = await open();
  const { provisioner } = databases;
  if (provisioner === null) throw new Error("an admin URL was given");
  const provision = async (tenantId: string, moduleName: string): Promise<Place> => {
    const place = databases.place(tenantId, moduleName);
    await provisioner.provision(place);
    return place;
  };
  for (const moduleName of wanted.modules) {
    await provisioner.provision(databases.home(moduleName));
    for (const tenantId of wanted.tenants) await provision(tenantId, moduleName);
  }
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((databases) => databases.close()));
    await fresh.drop();
    await query(adminUrl.replace(/\/[^/]*$/u, "/postgres"), `DROP ROLE IF EXISTS ${login}`);
  };
  return { databases, provisioner, url: url.href, adminUrl, provision, open, close };
}
