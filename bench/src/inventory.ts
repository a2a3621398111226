import { openDatabases } from "@octavo/database";
import { inventoryStorage } from "@octavo/inventory-storage";
import { Client } from "pg";
import type { BenchOptions, BenchResult } from "./bench-result.ts";
import { ByHand } from "./contest/by-hand.ts";
import { contestFigures } from "./contest/contest.ts";
import { loginUrlOf } from "./contest/filled-database.ts";
import { spawnInventory } from "./hosting/spawn-inventory.ts";
import { inventorySearches } from "./inventory/inventory-searches.ts";
import { libraryOf, portionFigures, restFigures } from "./inventory/load-figures.ts";
import { kindsOf } from "./inventory/loading.ts";
import { sizeFigures } from "./inventory/size-figures.ts";
import { withPostgres } from "./with-postgres.ts";

/** The peers write so many instances, and of the other kinds as large a part: with all of them a run would take hours. */
const PEERS_INSTANCES = 20_000;

/** A library's records through the batch endpoints, the first part of them beside COPY and upserts by hand of the same rows; searches as the
 * inventory app does them beside SQL by hand; reads while loading; sizes. OCTAVO_BENCH_ROWS says how many instances there are: 1.2 holdings
 * records and 1.5 items come with each. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  const instances = Number(process.env["OCTAVO_BENCH_ROWS"] ?? (isFull ? 1_000_000 : 20_000));
  const kinds = kindsOf(instances);
  const portion = Math.min(PEERS_INSTANCES, instances / 4) / instances;
  return withPostgres(60, async (adminUrl) => {
    const module = await spawnInventory(adminUrl);
    const admin = new Client({ connectionString: adminUrl });
    const databases = await openDatabases({
      clusters: { main: { url: loginUrlOf(adminUrl), adminUrl } },
      budget: 1,
      statementTimeoutMs: 600_000,
    });
    const place = databases.place("north", inventoryStorage.name);
    try {
      await admin.connect();
      const client = await libraryOf(module.url, "north");
      const loading = { adminUrl, admin, databases, moduleUrl: module.url, kinds, portion };
      const figures = [
        ...(await portionFigures(client, loading)),
        ...(await restFigures(client, loading)),
        ...(await sizeFigures(admin, place.schema, kinds)),
      ];
      client.close();
      for (const { table } of kinds) await admin.query(`vacuum analyze "${place.schema}".${table}`);
      const hand = await ByHand.open({ loginUrl: loginUrlOf(adminUrl), place });
      const searches = inventorySearches(databases.of(inventoryStorage.name), hand, instances);
      figures.push(...(await contestFigures(searches, isFull)));
      await hand.close();
      return { name: "inventory", figures };
    } finally {
      await databases.close();
      await admin.end();
      await module.stop();
    }
  });
}
