import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@octavo/testing/free-port";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { openConnection } from "@octavo/testing/open-connection";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Databases, Name, sql } from "./index.ts";

const MODULE = "octavo-pooled";
const tenants = ["north", "south", "east", "west"];
const SERVER_CONNECTIONS = 3;
/** Debian's is of 1.18 and keeps no prepared statements in transaction mode; a newer one may be named. */
const programs = [process.env["OCTAVO_TEST_PGBOUNCER"], "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"];
const program = programs.find((path) => path !== undefined && spawnSync(path, ["--version"]).status === 0);
const version = program === undefined ? "" : spawnSync(program, ["--version"]).stdout.toString();

const keepsNames = Number(/PgBouncer 1\.(\d+)/u.exec(version)?.[1] ?? 0) >= 21;
/** Fewer than a connection of ours has. */
const POOLER_NAMES = 50;

describe.skipIf(program === undefined)(
  `through a pooler in transaction mode (${program ?? "PgBouncer is not installed"})`,
  () => {
    let opened: ModuleDatabases;
    let pooler: { readonly url: string; stop(): Promise<void> };

    beforeAll(async () => {
      opened = await moduleDatabases({ modules: [MODULE], tenants });
      for (const tenant of tenants) {
        await opened.provisioner.tx(opened.databases.place(tenant, MODULE), async (tx) => {
          await tx.run(sql`create table note (text text not null)`);
          await tx.run(sql`insert into note values (${tenant})`);
        });
      }
      pooler = await startPooler(program ?? "", opened.url);
    });
    afterAll(async () => {
      await opened.close();
      await pooler.stop();
    });

    const openProcess = (budget: number, preparesStatements: boolean): Promise<Databases> =>
      opened.open({
        clusters: { main: { url: pooler.url, adminUrl: null } },
        budget,
        preparesStatements,
        reserves: false,
      });

    const visit = (databases: Databases, tenantId: string, n: number) =>
      databases.of(MODULE).tx({ tenantId, work: "foreground" }, async (tx) => {
        const texts: string[] = [];
        for await (const { text } of tx.stream<{ text: string }>(
          sql`select text from note where ${n}::int > 0`,
        ))
          texts.push(text);
        await tx.attempt(() => tx.rows(sql`select 1 / ${0}::int`)).catch(() => null);
        const row = await tx.row(
          sql`select current_user::text as role, current_setting('search_path') as path`,
        );
        return { texts, row };
      });

    it("three processes with all tenants keep to the server connections of the pooler, and each sees its own", async () => {
      const processes = await Promise.all([4, 4, 4].map((budget) => openProcess(budget, false)));
      let most = 0;
      const watch = async (): Promise<void> => {
        const login = new URL(opened.url).username;
        const rows = await query(
          opened.adminUrl,
          `select count(*)::int as n from pg_stat_activity where usename = '${login}'`,
        );
        most = Math.max(most, Number(rows[0]?.["n"]));
      };
      const own = opened.databases.gauges.idle;
      const visits = Array.from({ length: 240 }, async (_, n) => {
        const tenantId = tenants[n % tenants.length] ?? "";
        const databases = processes[n % processes.length];
        if (databases === undefined) throw new Error("three were opened");
        if (n % 40 === 0) await watch();
        const schema = `${tenantId}_octavo_pooled`;
        expect(await visit(databases, tenantId, n + 1)).toEqual({
          texts: [tenantId],
          row: { role: schema, path: schema },
        });
      });
      await Promise.all(visits);
      expect(most - own).toBeLessThanOrEqual(SERVER_CONNECTIONS);
      await Promise.all(processes.map((databases) => databases.close()));
    });

    it("nothing of a transaction reaches the next client of the same server connection", async () => {
      const databases = await openProcess(1, false);
      await visit(databases, "north", 1);
      const other = await openConnection(pooler.url);
      const { rows } = await other.query(
        "select current_user = session_user as is_login, current_setting('search_path') as path, current_setting('statement_timeout') as timeout",
      );
      await other.end();
      expect(rows).toEqual([{ is_login: true, path: '"$user", public', timeout: "0" }]);
    });

    it("a process that prepares statements all the same notices, and goes on without", async () => {
      const first = await openProcess(4, true);
      const second = await openProcess(4, true);
      const read = (databases: Databases, tenantId: string) =>
        databases
          .of(MODULE)
          .read({ tenantId, work: "foreground" }, (tx) => tx.row(sql`select text from note`));
      for (let round = 0; round < 6; round += 1) {
        for (const tenantId of tenants) {
          expect(await Promise.all([read(first, tenantId), read(second, tenantId)])).toEqual([
            { text: tenantId },
            { text: tenantId },
          ]);
        }
      }
    });

    it("more texts than a connection keeps are no matter, whether the pooler keeps names or not", async () => {
      const processes = await Promise.all([openProcess(1, true), openProcess(1, true)]);
      const read = (databases: Databases, n: number) =>
        databases
          .of(MODULE)
          .read({ tenantId: "north", work: "foreground" }, (tx) =>
            tx.row(sql`select ${new Name(`n_${n}`)}.text, ${n}::int as n from note as ${new Name(`n_${n}`)}`),
          );
      for (let n = 0; n < 1200; n += 1) {
        const row = { text: "north", n: n % 600 };
        const both = processes.map((databases) => read(databases, n % 600));
        expect(await Promise.all(both)).toEqual([row, row]);
      }
      const kept = await query(
        pooler.url,
        "select count(*) filter (where name like 'PGBOUNCER%')::int as n from pg_prepared_statements",
      );
      expect(Number(kept[0]?.["n"])).toBeLessThanOrEqual(POOLER_NAMES);
      expect(Number(kept[0]?.["n"]) > 0).toBe(keepsNames);
    });
  },
);

async function startPooler(program: string, databaseUrl: string) {
  const folder = mkdtempSync(join(tmpdir(), "octavo-pooler-"));
  const { username, password, hostname, port } = new URL(databaseUrl);
  const listenPort = await freePort();
  const users = join(folder, "users.txt");
  const config = join(folder, "pgbouncer.ini");
  writeFileSync(users, `"${username}" "${password}"\n`);
  writeFileSync(
    config,
    `[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 100
${keepsNames ? `max_prepared_statements = ${POOLER_NAMES}\n` : ""}`,
  );
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    const nobody = 65_534; // it refuses to run as root
    for (const path of [folder, users, config]) chownSync(path, nobody, nobody);
  }
  const child = spawn(program, [...(isRoot ? ["-u", "nobody"] : []), config], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await saysItIsUp(child);
  const url = new URL(databaseUrl);
  url.port = String(listenPort);
  const stop = async (): Promise<void> => {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
    rmSync(folder, { recursive: true });
  };
  return { url: url.href, stop };
}

function saysItIsUp({ stderr }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    stderr?.on("data", (data: Buffer) => {
      said += data.toString();
      if (said.includes("process up")) resolve();
    });
    stderr?.on("end", () => reject(new Error(`PgBouncer has ended: ${said}`)));
  });
}
