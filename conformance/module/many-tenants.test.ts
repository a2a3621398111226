import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pgbouncer } from "./start-pgbouncer.ts";
import { type PlacedFleet, type PlaceOfData, startAt } from "./places.ts";

/** Many tenants with six modules each in three processes: connections to the server stay at what the processes have reserved, whoever asks. */

const isFull = process.env["OCTAVO_SOAK"] !== undefined;
const TENANTS = isFull ? 200 : 8;
const CALLS = isFull ? 20_000 : 1_000;
const AT_ONCE = 24;
const PROCESSES = 3;
const BUDGET = 4;
const POOLED = 15;

const cases: readonly (PlaceOfData & { readonly most: number })[] = [
  { name: "a budget of 4 each", databaseOfTenant: false, pooled: null, most: PROCESSES * BUDGET },
  ...(pgbouncer === undefined
    ? []
    : [{ name: "PgBouncer with 15", databaseOfTenant: false, pooled: POOLED, most: POOLED }]),
];

describe.each(cases)(
  `${TENANTS} tenants with six modules in three processes, $name`,
  ({ most, ...place }) => {
    let placed: PlacedFleet;
    const tenants: string[] = [];

    beforeAll(async () => {
      placed = await startAt(place, {
        file: new URL("six-modules.ts", import.meta.url),
        instances: PROCESSES,
        env: { OCTAVO_DB_BUDGET: String(place.pooled === null ? BUDGET : 8) },
      });
      const enable = async (): Promise<void> => {
        while (tenants.length < TENANTS) {
          const at = tenants.push("") - 1;
          tenants[at] = await placed.fleet.newTenant();
        }
      };
      await Promise.all(Array.from({ length: 3 }, enable));
    }, TENANTS * 30_000);
    afterAll(() => placed.close(), 120_000);

    it(
      "no more connections than that, under load of all of them",
      async () => {
        const counts: number[] = [];
        const statuses = new Map<number, number>();
        let next = 0;
        const count = async (): Promise<void> => {
          const [row] = await query(
            placed.adminUrl,
            `select count(*)::int as n from pg_stat_activity where usename = '${placed.login}'`,
          );
          counts.push(Number(row?.["n"]));
        };
        const client = async (): Promise<void> => {
          for (let at = next++; at < CALLS; at = next++) {
            const tenantId = tenants[at % TENANTS] ?? "";
            const path = `/shelf${1 + (at % 6)}/${at % 2 === 0 ? "books" : "readers"}`;
            const isWrite = at % 4 < 2;
            const body = at % 2 === 0 ? { title: `${at}` } : { name: `${at}` };
            const answer = isWrite
              ? await placed.fleet.call(tenantId, "POST", path, { body })
              : await placed.fleet.call(tenantId, "GET", `${path}?limit=5`);
            statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
            if (at % 20 === 0) await count();
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, client));
        expect(Math.max(...counts)).toBeLessThanOrEqual(most);
        expect(Math.max(...counts), "they were at work").toBeGreaterThan(1);
        // Where a queue is longer than two seconds the answer is 503; nothing else goes wrong.
        expect([...statuses.keys()].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
        const served = (statuses.get(200) ?? 0) + (statuses.get(201) ?? 0);
        expect(served).toBeGreaterThan(CALLS * 0.9);
        process.stderr.write(
          `${place.name}: ${Math.max(...counts)} connections at most, ${served} of ${CALLS} served\n`,
        );
      },
      CALLS * 500,
    );
  },
);
