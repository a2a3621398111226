import type { Databases } from "@octavo/database";
import { inventoryStorage } from "@octavo/inventory-storage";
import type { Client } from "pg";
import type { Figure } from "../bench-result.ts";
import { ModuleClient } from "../hosting/module-client.ts";
import { makeLibrary } from "./library.ts";
import { type Kind, load } from "./loading.ts";
import { copyRate, storedRows, upsertRate } from "./peers.ts";
import { p99, steadyReads } from "./steady-reads.ts";

interface Loading {
  readonly adminUrl: string;
  readonly admin: Client;
  readonly databases: Databases;
  readonly moduleUrl: string;
  readonly kinds: readonly Kind[];
  /** The part of the records, from 0 to 1, that the peers write as well. */
  readonly portion: number;
}

/** A tenant of the module with what records refer to. */
export async function libraryOf(moduleUrl: string, tenantId: string): Promise<ModuleClient> {
  const client = new ModuleClient(moduleUrl, tenantId);
  await client.enable(inventoryStorage.id);
  await makeLibrary(client);
  return client;
}

/** The first part of each kind through the module, and the same rows by COPY and by upserts into empty tables with the same indexes. */
export async function portionFigures(client: ModuleClient, loading: Loading): Promise<readonly Figure[]> {
  const { kinds, portion, adminUrl, admin, databases, moduleUrl } = loading;
  const placeOf = (tenantId: string) => databases.place(tenantId, inventoryStorage.name);
  for (const peer of ["copied", "upserted", "published"]) (await libraryOf(moduleUrl, peer)).close();
  const figures: Figure[] = [];
  for (const kind of kinds) {
    const count = Math.floor(kind.rows * portion);
    const own = await load(client, kind, 0, count);
    const rows = await storedRows(admin, placeOf("north"), kind);
    const published = await upsertRate(adminUrl, placeOf("published"), kind, { rows, withEvents: true });
    const upserted = await upsertRate(adminUrl, placeOf("upserted"), kind, { rows, withEvents: false });
    const copied = await copyRate(adminUrl, placeOf("copied"), kind, rows);
    const name = `the first ${count} ${kind.listName}`;
    figures.push(
      { name, value: own, unit: "rows/s" },
      {
        name: `${name}, upserts by hand with their events`,
        value: published,
        unit: "rows/s",
        ratio: own / published,
      },
      { name: `${name}, upserts by hand`, value: upserted, unit: "rows/s", ratio: own / upserted },
      { name: `${name}, COPY`, value: copied, unit: "rows/s", ratio: own / copied },
    );
  }
  return figures;
}

/** All others, while some read. */
export async function restFigures(
  client: ModuleClient,
  { kinds, portion }: Loading,
): Promise<readonly Figure[]> {
  const items = Math.floor((kinds.at(-1)?.rows ?? 0) * portion);
  const reads = steadyReads(client, items);
  const figures: Figure[] = [];
  const startedAt = performance.now();
  for (const kind of kinds) {
    const value = await load(client, kind, Math.floor(kind.rows * portion), kind.rows);
    figures.push({ name: `the other ${kind.listName}, up to ${kind.rows}`, value, unit: "rows/s" });
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const during = await reads.end();
  const quiet = steadyReads(client, items);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const after = await quiet.end();
  return [
    ...figures,
    { name: "loaded in", value: seconds, unit: "s" },
    { name: "reads while loading, p99", value: p99(during), unit: "ms" },
    { name: "reads afterwards, p99", value: p99(after), unit: "ms" },
  ];
}
