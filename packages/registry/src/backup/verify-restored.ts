import type { ModuleDescriptor } from "@octavo/descriptor";
import { indexModules } from "@octavo/resolution";
import type { Client } from "pg";
import { readCut } from "../change-log/cut-log.ts";
import { loadSnapshot } from "../load-snapshot.ts";
import { OpCodec } from "../logged-change.ts";
import { readChangesAfter } from "../read-log.ts";
import { brokenLink } from "../verify-chain.ts";
import type { BackupHead } from "./backup-records.ts";
import { quoted } from "./stored-tables.ts";

/** Looks at restored tables as a gateway does at its start, and at the chain of changes, from where the log begins, as nobody else does.
 * @returns what is wrong; null where nothing is */
export async function verifyRestored(
  client: Client,
  head: BackupHead,
  rows: Readonly<Record<string, number>>,
  internalModule: ModuleDescriptor,
): Promise<string | null> {
  for (const [table, expected] of Object.entries(rows)) {
    if (passing.has(table)) continue;
    const counted = await client.query<{ count: number }>(
      `select count(*)::int as count from octavo.${quoted(table)}`,
    );
    const count = counted.rows[0]?.count;
    if (count !== expected) return `the table ${table} has ${count} rows, and had ${expected}`;
  }
  const changes = await readChangesAfter(client, -1);
  const cut = await readCut(client);
  const broken = brokenLink(cut, changes);
  if (broken !== null) return broken;
  const last = changes.at(-1) ?? cut;
  if (last.revision !== head.revision || last.hash !== head.hash) {
    return `the log ends with revision ${last.revision}, and the state is of revision ${head.revision}`;
  }
  const position = { revision: head.revision, history: "", hash: head.hash };
  const codec = new OpCodec(internalModule);
  const snapshot = await loadSnapshot(client, position, indexModules([]), internalModule, codec);
  return snapshot.ok ? null : `the state cannot be read: ${snapshot.error}`;
}

/** Restoring changes these on purpose. */
const passing = new Set(["session", "auth_epoch"]);
