import { once } from "node:events";
import { FaultProxy } from "@octavo/testing/fault-proxy";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommitUnknown, DatabaseAway, type Databases, type DatabasesOptions, sql } from "./index.ts";

let opened: ModuleDatabases;
let proxy: FaultProxy;
const north = { tenantId: "north", work: "foreground" as const };
const MODULE = "octavo-cut";

beforeAll(async () => {
  opened = await moduleDatabases({ modules: [MODULE], tenants: ["north"] });
  await opened.provisioner.tx(opened.databases.place("north", MODULE), (tx) =>
    tx.run(sql`create table note (text text not null)`),
  );
  proxy = await FaultProxy.before(opened.url);
});
afterAll(async () => {
  await opened.close();
  await proxy.close();
});

/** A process that reaches the server through the proxy. */
async function throughProxy(options: Partial<DatabasesOptions> = {}): Promise<Databases> {
  const url = new URL(opened.url);
  url.port = new URL(proxy.url).port;
  return opened.open({ clusters: { main: { url: url.href, adminUrl: null } }, ...options });
}

const notes = async (text: string): Promise<unknown> =>
  query(opened.adminUrl, `select count(*)::int as n from north_octavo_cut.note where text = '${text}'`);

/** As an administrator does, or a crash. */
async function cutSessions(which = "true"): Promise<void> {
  const login = new URL(opened.url).username;
  await query(
    opened.adminUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${login}' and ${which}`,
  );
}

describe("when connections are cut", () => {
  it("a transaction that has not heard anything yet begins anew on another one", async () => {
    const databases = await throughProxy({ budget: 2 });
    const db = databases.of(MODULE);
    const read = () => db.read(north, (tx) => tx.row(sql`select 1 as n`));
    expect(await read()).toEqual({ n: 1 });
    await cutSessions();
    expect(await read(), "idle ones are not used again").toEqual({ n: 1 });
    const cut = proxy.cutAt("insert into note", false);
    await db.tx(north, (tx) => tx.run(sql`insert into note values ('anew')`));
    await cut;
    expect(await notes("anew")).toEqual([{ n: 1 }]);
  });

  it("one that has heard something fails, and nothing is written", async () => {
    const databases = await throughProxy();
    let runs = 0;
    const cut = databases.of(MODULE).tx(north, async (tx) => {
      runs += 1;
      await tx.run(sql`insert into note values ('half')`);
      await cutSessions();
      await tx.run(sql`insert into note values ('half')`);
    });
    await expect(cut).rejects.toThrow(DatabaseAway);
    expect([runs, await notes("half")]).toEqual([1, [{ n: 0 }]]);
  });

  it.each([
    { isForwarded: true, written: 1 },
    { isForwarded: false, written: 0 },
  ])(
    "during the commit nobody knows, and that is said (reached the server: $isForwarded)",
    async ({ isForwarded, written }) => {
      const databases = await throughProxy();
      const text = `commit ${String(isForwarded)}`;
      const called: string[] = [];
      const cut = proxy.cutAt("COMMIT", isForwarded);
      const committing = databases.of(MODULE).tx(north, async (tx) => {
        tx.afterCommit(() => called.push("committed"));
        await tx.run(sql`insert into note values (${text})`);
      });
      await expect(committing).rejects.toThrow(CommitUnknown);
      await cut;
      await expect.poll(() => notes(text)).toEqual([{ n: written }]);
      expect(called).toEqual([]);
    },
  );

  it("a read that has its rows is not failed by the end of its transaction", async () => {
    const databases = await throughProxy();
    const cut = proxy.cutAt("COMMIT", false);
    expect(await databases.of(MODULE).read(north, (tx) => tx.row(sql`select 1 as n`))).toEqual({ n: 1 });
    await cut;
    expect(databases.gauges.used).toBe(0);
  });

  it("a stream ends with an error, not as if it were whole", async () => {
    const databases = await throughProxy();
    let rows = 0;
    const streaming = databases.of(MODULE).read(north, async (tx) => {
      for await (const { n } of tx.stream<{ n: number }>(sql`select generate_series(1, 1000) as n`, 10)) {
        rows = n;
        if (rows === 100) await cutSessions();
      }
    });
    await expect(streaming).rejects.toThrow(DatabaseAway);
    expect(rows).toBe(100);
  });

  it("a database that is away is told as that, and used again when it is back", async () => {
    const databases = await throughProxy({ reserves: false });
    const db = databases.of(MODULE);
    const read = () => db.read(north, (tx) => tx.row(sql`select 1 as n`));
    const up = proxy.add({ kind: "down" });
    await expect(read()).rejects.toThrow(DatabaseAway);
    up();
    expect(await read()).toEqual({ n: 1 });
    expect(databases.gauges.used).toBe(0);
  });

  it("a server that never answers is given up", async () => {
    const databases = await throughProxy({ statementTimeoutMs: 1 });
    const db = databases.of(MODULE);
    const heal = proxy.add({ kind: "timeout", closesAfterMs: null });
    await expect(db.read(north, async (tx) => [await tx.row(sql`select 1 as n`)])).rejects.toThrow(
      DatabaseAway,
    );
    heal();
  });
});

describe("servers of a cluster", () => {
  it("are tried in turn: one that is down, or takes no writes, is passed over", async () => {
    const url = new URL(opened.url);
    const hosts = (names: readonly string[]) => opened.url.replace(url.host, names.join(","));
    const open = (names: readonly string[]) =>
      opened.open({ clusters: { main: { url: hosts(names), adminUrl: null } } });
    const databases = await open(["127.0.0.1:1", url.host]);
    const write = (to: Databases) =>
      to.of(MODULE).tx(north, (tx) => tx.run(sql`insert into note values ('second')`));
    expect(await write(databases)).toBe(1);

    const elsewhere = new URL(opened.adminUrl); // a session of this database could not take it back
    elsewhere.pathname = "/template1";
    const setting = (value: string) =>
      query(
        elsewhere.href,
        `alter database ${url.pathname.slice(1)} set default_transaction_read_only to ${value}`,
      );
    await setting("on");
    await expect(write(await open(["127.0.0.1:1", url.host]))).rejects.toThrow(
      /127\.0\.0\.1:1: .*; .* takes no writes/u,
    );
    const single = await open([url.host]);
    await expect(write(single), "a demoted primary").rejects.toThrow(DatabaseAway);
    await setting("off");
    expect(await write(single), "its connections are not kept").toBe(1);
  });
});

describe("a request that is given up", () => {
  it("ends what runs for it, and its connection serves others no more", async () => {
    const databases = await throughProxy({ budget: 1 });
    const db = databases.of(MODULE);
    const { connects } = databases.gauges;
    const controller = new AbortController();
    const sleeping = db.read({ ...north, signal: controller.signal }, (tx) =>
      tx.rows(sql`select pg_sleep(60)`),
    );
    const running = () =>
      query(
        opened.adminUrl,
        "select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()",
      );
    await expect.poll(running).toEqual([{ n: 1 }]);
    controller.abort(new Error("the client has left"));
    await expect(sleeping).rejects.toThrow("the client has left");
    expect(await running()).toEqual([{ n: 0 }]);
    expect(await db.read(north, (tx) => tx.row(sql`select 1 as n`))).toEqual({ n: 1 });
    expect(databases.gauges).toMatchObject({ connects: connects + 1, used: 0 });
  });

  it("waits no longer, and is not begun", async () => {
    const databases = await throughProxy({ budget: 1 });
    const db = databases.of(MODULE);
    const gone = AbortSignal.abort(new Error("gone"));
    await expect(db.tx({ ...north, signal: gone }, async () => null)).rejects.toThrow("gone");
    const controller = new AbortController();
    const held = Promise.withResolvers<null>();
    const holding = db.tx(north, async (tx) => {
      await tx.run(sql`insert into note values ('holding')`);
      await held.promise;
    });
    const waiting = db.tx({ ...north, signal: controller.signal }, async () => null);
    waiting.catch(() => null);
    expect(databases.gauges.queued).toBe(1);
    controller.abort(new Error("impatient"));
    await expect(waiting).rejects.toThrow("impatient");
    held.resolve(null);
    await holding;
    expect(databases.gauges).toMatchObject({ queued: 0, used: 0 });
  });

  it("is given up by the server when one statement takes too long", async () => {
    const databases = await throughProxy({ statementTimeoutMs: 50 });
    const slow = databases.of(MODULE).tx(north, (tx) => tx.rows(sql`select pg_sleep(60)`));
    await expect(slow).rejects.toMatchObject({ code: "57014" });
    const patient = await throughProxy();
    const late = { ...north, remainingMs: () => 50 };
    const overdue = patient.of(MODULE).tx(late, (tx) => tx.rows(sql`select pg_sleep(60)`));
    await expect(overdue).rejects.toMatchObject({ code: "57014" });
  });
});

describe("round trips", () => {
  it("a transaction of one statement needs two: opening and statement, commit", async () => {
    const { server, url, turns } = await countingProxy(opened.url);
    const databases = await opened.open({ clusters: { main: { url, adminUrl: null } } });
    const db = databases.of(MODULE);
    const once = () => db.tx(north, (tx) => tx.rows(sql`select 1 as n`));
    await once();
    const before = turns();
    await once();
    expect(turns() - before).toBe(2);
    const between = turns();
    await db.read(north, async (tx) => {
      for await (const row of tx.stream(sql`select 1 as n`)) expect(row).toEqual({ n: 1 });
    });
    expect(turns() - between, "a short stream: its rows, its close, commit").toBe(3);
    await databases.close();
    server.close();
  });
});

/** Counts how often the client speaks after the server has. */
async function countingProxy(to: string) {
  const { createServer, connect } = await import("node:net");
  const target = new URL(to);
  let count = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let wasServer = true;
    client.on("data", (data) => {
      if (wasServer) count += 1;
      wasServer = false;
      upstream.write(data);
    });
    upstream.on("data", (data) => {
      wasServer = true;
      client.write(data);
    });
    client.on("close", () => upstream.destroy()).on("error", () => undefined);
    upstream.on("close", () => client.destroy()).on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = new URL(to);
  url.port = String(typeof address === "object" ? address?.port : "");
  return { server, url: url.href, turns: () => count };
}
