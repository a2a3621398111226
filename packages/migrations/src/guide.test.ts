import { readFileSync } from "node:fs";
import { sql } from "@octavo/database";
import { moduleDatabases } from "@octavo/testing/module-databases";
import { describe, expect, it } from "vitest";
import { openMigrator } from "./index.ts";
import { first, second } from "./testing/guide.ts";

const guide = readFileSync(new URL("../../../docs/migrations.md", import.meta.url), "utf8");
const source = readFileSync(new URL("testing/guide.ts", import.meta.url), "utf8");

describe("the guide for authors", () => {
  it("shows steps that run, from version to version and to the contract", async () => {
    const steps = source.slice(source.indexOf("/** Version 1. */"));
    expect(guide).toContain(`\`\`\`ts\n${steps}\`\`\``);

    const opened = await moduleDatabases({ modules: [], tenants: [] });
    const { databases, provisioner } = opened;
    const place = databases.place("guided", "octavo-loans");
    const migrator = openMigrator({ provisioner, instanceId: "one" });
    expect(await migrator.migrate(place, { version: "v1", steps: first }, { from: null })).toMatchObject({
      ok: true,
    });
    const loan = sql`insert into loan (id, jsonb) values (gen_random_uuid(), '{"dueDate": "2026-01-01T00:00:00Z"}')`;
    await provisioner.tx(place, (tx) => tx.run(loan));
    const release = { version: "v2", steps: second };
    expect(await migrator.migrate(place, release, { from: "v1" })).toMatchObject({
      ok: true,
      value: { done: second.slice(1, -1).map(({ id }) => id) },
    });
    await provisioner.tx(place, (tx) => tx.run(loan)); // by an instance of version 1
    expect(await migrator.contract(place, release, 0)).toMatchObject({
      value: { done: ["loans without status"] },
    });
    const due = await provisioner.tx(place, (tx) => tx.rows(sql`select distinct due::date::text from loan`));
    expect(due).toEqual([{ due: "2026-01-01" }]);
    await opened.close();
  });
});
