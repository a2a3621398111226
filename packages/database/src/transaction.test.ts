import { AsyncResource } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isInsideTransaction, type ModuleDatabase, sql, TenantUnknown, type Transaction } from "./index.ts";

let opened: ModuleDatabases;
let db: ModuleDatabase;
const north = { tenantId: "north", work: "foreground" as const };

beforeAll(async () => {
  opened = await moduleDatabases({ modules: ["octavo-notes"], tenants: ["north", "south"] });
  db = opened.databases.of("octavo-notes");
  for (const tenant of ["north", "south"]) {
    const place = opened.databases.place(tenant, "octavo-notes");
    await opened.provisioner.tx(place, (tx) =>
      tx.run(sql`create table note (id uuid primary key, text text not null)`),
    );
  }
});
afterAll(() => opened.close());

const write = (tx: Transaction, text: string): Promise<number> =>
  tx.run(sql`insert into note (id, text) values (${randomUUID()}, ${text})`);

/** As another request would: outside of the caller's transaction. */
const request = new AsyncResource("another request");
function elsewhere<T>(work: () => Promise<T>): Promise<T> {
  return request.runInAsyncScope(work);
}

/** How many notes of a tenant have this text. */
async function count(text: string, tenantId = "north"): Promise<number | undefined> {
  const row = await db.read({ ...north, tenantId }, (tx) =>
    tx.row<{ n: number }>(sql`select count(*)::int as n from note where text = ${text}`),
  );
  return row?.n;
}

describe("a transaction", () => {
  it("writes for its tenant only, and says whose it is", async () => {
    const said = await db.tx(north, async (tx) => {
      expect(await write(tx, "mine")).toBe(1);
      return tx.tenantId;
    });
    expect([said, await count("mine"), await count("mine", "south")]).toEqual(["north", 1, 0]);
  });

  it("writes nothing when its function throws", async () => {
    const thrown = db.tx(north, async (tx) => {
      await write(tx, "thrown");
      throw new Error("changed my mind");
    });
    await expect(thrown).rejects.toThrow("changed my mind");
    expect(await count("thrown")).toBe(0);
  });

  it("is refused for a tenant that has not the module", async () => {
    await expect(db.tx({ ...north, tenantId: "east" }, (tx) => write(tx, "x"))).rejects.toThrow(
      TenantUnknown,
    );
    await expect(db.read({ ...north, tenantId: "east" }, async () => "nothing asked")).rejects.toThrow(
      TenantUnknown,
    );
    await expect(db.read({ ...north, tenantId: "e'ast" }, async () => null)).rejects.toThrow(
      "cannot be a tenant",
    );
  });

  it("fails, and writes nothing, with a statement that nobody awaited", async () => {
    const forgetful = db.tx(north, async (tx) => {
      void write(tx, "forgotten");
    });
    await expect(forgetful).rejects.toThrow("not awaited");
    expect(await count("forgotten")).toBe(0);
  });

  it("fails with the error of a statement that its function swallowed", async () => {
    const swallowing = db.tx(north, async (tx) => {
      await write(tx, "swallowed");
      await tx.rows(sql`select 1 / 0`).catch(() => null);
    });
    await expect(swallowing).rejects.toMatchObject({ code: "22012" });
    expect(await count("swallowed")).toBe(0);
  });

  it("has an end: nothing can be asked afterwards", async () => {
    const kept: Transaction[] = [];
    await db.tx(north, async (tx) => {
      kept.push(tx);
    });
    const [late] = kept;
    await expect(late?.rows(sql`select 1`)).rejects.toThrow("has ended");
    expect(() => late?.afterCommit(() => undefined)).toThrow("has ended");
  });

  it("runs statements that are asked together one after another, in order", async () => {
    const results = await db.tx(north, (tx) =>
      Promise.all([
        write(tx, "together"),
        tx.row(sql`select count(*)::int as n from note where text = 'together'`),
      ]),
    );
    expect(results).toEqual([1, { n: 1 }]);
  });

  it("gives one row, or null, and refuses several", async () => {
    await db.read(north, async (tx) => {
      expect(await tx.row(sql`select 1 as n where false`)).toBeNull();
      await expect(tx.row(sql`select generate_series(1, 3) as n`)).rejects.toThrow(
        "one row was expected, 3 came",
      );
    });
  });

  it("reads one state of the database, and cannot write when it is only to read", async () => {
    await db.read(north, async (tx) => {
      const before = await tx.row(sql`select count(*)::int as n from note`);
      await elsewhere(() => db.tx(north, (other) => write(other, "meanwhile")));
      expect(await tx.row(sql`select count(*)::int as n from note`)).toEqual(before);
    });
    // The type has no `run`; this is somebody who goes round it.
    const writing = db.read(north, (tx) =>
      tx.rows(sql`insert into note (id, text) values (${randomUUID()}, 'sly') returning id`),
    );
    await expect(writing).rejects.toMatchObject({ code: "25006" });
  });

  it("is told of its commit afterwards, and of nothing else", async () => {
    const heard: string[] = [];
    await db.tx(north, async (tx) => {
      tx.afterCommit(() => heard.push(isInsideTransaction() ? "inside" : "committed"));
      await write(tx, "told");
      expect(heard).toEqual([]);
    });
    await db
      .tx(north, async (tx) => {
        tx.afterCommit(() => heard.push("rolled back"));
        throw new Error("no");
      })
      .catch(() => null);
    expect(heard).toEqual(["committed"]);
  });

  it("gives up a part that takes too long, and goes on", async () => {
    const sleep = (seconds: number) => sql`select pg_sleep(${seconds})`;
    await db.read(north, async (tx) => {
      expect(await tx.within(50, () => tx.rows(sleep(10)))).toBeNull();
      expect(await tx.within(5000, () => tx.row(sql`select 1 as n`))).toEqual({ n: 1 });
      expect(await tx.rows(sleep(0.2)), "the limit is the one of before").toHaveLength(1);
    });
  });

  it.each([
    "BEGIN",
    "commit",
    "  /* a comment */ ROLLBACK",
    "-- a comment\nset role postgres",
    "RESET ROLE",
    "SET SESSION AUTHORIZATION DEFAULT",
    "do $$ begin end $$",
    "prepare p as select 1",
    "listen changes",
    "create temp table t ()",
    "savepoint s",
    "copy note from stdin",
    "select pg_advisory_lock(1)",
    "select pg_catalog.pg_try_advisory_lock_shared(1)",
    "",
  ])("lets rows through only: %j", async (text) => {
    await expect(db.tx(north, (tx) => tx.rows({ text, values: [] }))).rejects.toThrow(
      /cannot (run|be taken) within a transaction/u,
    );
  });

  it("takes one statement at a time", async () => {
    const two = { text: "select 1; drop table note", values: [] };
    await expect(db.tx(north, (tx) => tx.rows(two))).rejects.toMatchObject({ code: "42601" });
    await expect(db.tx(north, (tx) => tx.rows({ text: "commit; select 1", values: [] }))).rejects.toThrow(
      "cannot run",
    );
  });
});

describe("an attempt", () => {
  it("is undone alone when it fails", async () => {
    const heard: string[] = [];
    await db.tx(north, async (tx) => {
      await write(tx, "kept");
      const failing = tx.attempt(async () => {
        tx.afterCommit(() => heard.push("of the attempt"));
        await write(tx, "undone");
        await tx.rows(sql`select 1 / 0`);
      });
      await expect(failing).rejects.toMatchObject({ code: "22012" });
      tx.afterCommit(() => heard.push("of the transaction"));
      expect(await tx.attempt(async () => write(tx, "kept"))).toBe(1);
    });
    expect([await count("kept"), await count("undone"), heard]).toEqual([2, 0, ["of the transaction"]]);
  });

  it("may hold another, and fails where its function swallows an error", async () => {
    await db.tx(north, async (tx) => {
      const outer = tx.attempt(async () => {
        await write(tx, "outer");
        await tx.attempt(async () => tx.rows(sql`select 1 / 0`)).catch(() => null);
        await write(tx, "outer");
      });
      await outer;
      const swallowing = tx.attempt(async () => {
        await tx.rows(sql`select 1 / 0`).catch(() => null);
      });
      await expect(swallowing).rejects.toMatchObject({ code: "22012" });
    });
    expect(await count("outer")).toBe(2);
  });

  it("cannot overlap another, or the end of its transaction", async () => {
    const overlapping = db.tx(north, async (tx) => {
      await Promise.all(["a", "b"].map((text) => tx.attempt(() => write(tx, `overlap ${text}`))));
    });
    await expect(overlapping).rejects.toThrow(/overlap|not awaited/u);
    const forgetful = db.tx(north, async (tx) => {
      tx.attempt(() => write(tx, "never awaited")).catch(() => null);
    });
    await expect(forgetful).rejects.toThrow("not awaited");
    expect([await count("overlap a"), await count("never awaited")]).toEqual([0, 0]);
  });
});

describe("inside a transaction", () => {
  it("no second one begins, which could wait for its own connection", async () => {
    const nested = db.tx(north, () => db.read({ ...north, tenantId: "south" }, async () => null));
    await expect(nested).rejects.toThrow("transaction within a transaction");
  });

  it("calls to others can know it, until it has ended", async () => {
    const ended = Promise.withResolvers<null>();
    const afterwards: Promise<boolean>[] = [];
    const inside = await db.tx(north, async () => {
      afterwards.push(ended.promise.then(() => isInsideTransaction()));
      return isInsideTransaction();
    });
    ended.resolve(null);
    expect([isInsideTransaction(), inside, await afterwards[0]]).toEqual([false, true, false]);
  });
});
