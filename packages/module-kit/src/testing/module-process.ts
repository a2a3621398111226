// Run as a process by start-module.ts: a ModuleTask as JSON. A module with tables, reference data and a loader, over HTTP.
import { setTimeout as wait } from "node:timers/promises";
import { sql } from "@octavo/database";
import { backfill, expand, noRows, referenceData, verify } from "@octavo/migrations";
import { Type } from "typebox";
import { defineModule } from "../define-module.ts";
import { defineInterface } from "../definition/interface.ts";
import { route } from "../definition/route.ts";
import { defineJob } from "../jobs/define-job.ts";
import { jobs } from "../jobs/jobs-part.ts";
import { parseHostConfig } from "../run/host-config.ts";
import { startModules } from "../run/module-host.ts";
import { state } from "../state/state-part.ts";
import { tenantApi } from "../tenant/tenant-part.ts";
import type { ModuleTask } from "./start-module.ts";

const task = JSON.parse(process.argv[2] ?? "") as ModuleTask; // from start-module.ts
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const Things = Type.Object({ things: Type.Integer(), samples: Type.Integer(), types: Type.Integer() });
const count = route({
  method: "GET",
  path: "/things",
  answers: { 200: Things },
  handle: async ({ db }) => {
    const body = await db.read((tx) =>
      tx.row<{ things: number; samples: number; types: number }>(
        sql`select (select count(*)::int from thing where not is_sample and grown) as things,
              (select count(*)::int from thing where is_sample) as samples, (select count(*)::int from kind) as types`,
      ),
    );
    return { status: 200, body: body ?? { things: 0, samples: 0, types: 0 } };
  },
});

const later = defineJob("later", { payload: Type.Object({}), run: async () => undefined });

const first = [
  expand("thing", "create table thing (id int primary key, is_sample boolean not null default false)"),
  expand("kind", "create table kind (id uuid primary key, jsonb jsonb not null)"),
  referenceData("kinds", {
    table: "kind",
    rows: [
      { id: "6d6f7265-0000-4000-8000-000000000001", name: "book" },
      { id: "6d6f7265-0000-4000-8000-000000000002", name: "map" },
    ],
  }),
  expand("thing grown", "alter table thing add column grown boolean"),
];
const second = [
  backfill("things grow", {
    table: "thing",
    key: "id",
    remaining: sql`grown is null`,
    each: (rows) => sql`update thing set grown = true where ${rows}`,
  }),
  verify("all have grown", noRows(sql`select id from thing where grown is null`)),
];

const module = defineModule({
  name: "octavo-tested",
  version: task.version,
  title: "Tested",
  interfaces: [defineInterface("things", "1.0", [count])],
  parts: [
    tenantApi({
      timing: { leaseSeconds: 2, pollMs: 100, retentionMs: 200 },
      data: [
        {
          kind: "sample",
          name: "things",
          load: async (tx) => {
            say("loading");
            if (task.loadMs > 0) await wait(task.loadMs);
            if (task.loadFails) throw new Error("the sample is not there");
            await tx.run(
              sql`insert into thing (id, is_sample) select -n, true from generate_series(1, 3) n on conflict (id) do nothing`,
            );
          },
        },
      ],
    }),
    state(),
    jobs([later]),
  ],
  steps: task.version === "1.0.0" ? first : [...first, ...second],
});

const config = parseHostConfig(
  { OCTAVO_TRUST: "network", OCTAVO_CHECK_ANSWERS: "on", ...task.env },
  () => "",
);
if (!config.ok) throw new Error(config.error.join("; "));
const host = await startModules([module], config.value, { write: (line) => process.stdout.write(line) });
say(`url ${host.modules[0]?.url ?? ""}`);
process.once("SIGTERM", () => void host.drain());
