import { mkdtempSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Place } from "@octavo/database";
import { Client } from "pg";
import { ByHand, type Written } from "../contest/by-hand.ts";
import { loginUrlOf } from "../contest/filled-database.ts";
import { AT_ONCE, inBatches, type Kind } from "./loading.ts";

/** A row as the module has stored it: the same ones are written by its peers. */
interface StoredRow {
  readonly id: string;
  readonly document: string;
}

export async function storedRows(
  admin: Client,
  { schema }: Place,
  { table }: Kind,
): Promise<readonly StoredRow[]> {
  const rows = await admin.query<StoredRow>(
    `select id, jsonb::text as document from "${schema}".${table} order by ctid`,
  );
  return rows.rows;
}

/** The server reads a file for each of as many sessions as the module had batches at once.
 * @returns rows for one second */
export async function copyRate(
  adminUrl: string,
  { schema }: Place,
  { table }: Kind,
  rows: readonly StoredRow[],
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "octavo-copy-"));
  chmodSync(folder, 0o755); // the server is another user
  const share = Math.ceil(rows.length / AT_ONCE);
  const files = Array.from({ length: AT_ONCE }, (_, n) => {
    const file = join(folder, `${n}`);
    const lines = rows
      .slice(n * share, (n + 1) * share)
      .map(({ id, document }) => `${id}\t${document.replaceAll("\\", "\\\\")}\n`);
    writeFileSync(file, lines.join(""), { mode: 0o644 });
    return file;
  });
  const sessions = files.map(() => new Client({ connectionString: adminUrl }));
  await Promise.all(sessions.map((session) => session.connect()));
  const startedAt = performance.now();
  await Promise.all(
    sessions.map((session, n) => session.query(`copy "${schema}".${table} (id, jsonb) from '${files[n]}'`)),
  );
  const rate = (rows.length * 1000) / (performance.now() - startedAt);
  await Promise.all(sessions.map((session) => session.end()));
  rmSync(folder, { recursive: true });
  return rate;
}

/** Batches as large, as many at once, each in a transaction with the module's role and path.
 * @param withEvents also one row of the outbox for each record, as the module publishes it: then the same is written
 * @returns rows for one second */
export async function upsertRate(
  adminUrl: string,
  place: Place,
  kind: Kind,
  { rows, withEvents }: { readonly rows: readonly StoredRow[]; readonly withEvents: boolean },
): Promise<number> {
  const open = () => ByHand.open({ loginUrl: loginUrlOf(adminUrl), place });
  const hands = await Promise.all(Array.from({ length: AT_ONCE }, open));
  const rate = await inBatches(0, rows.length, async (begin, end) => {
    const hand = hands.pop();
    if (hand === undefined) throw new Error("there is one for each batch at once");
    const batch = `[${rows
      .slice(begin, end)
      .map(({ document }) => document)
      .join(",")}]`;
    await hand.write(withEvents ? [upsert(kind, batch), publish(kind, batch)] : [upsert(kind, batch)]);
    hands.push(hand);
  });
  await Promise.all(hands.map((hand) => hand.close()));
  return rate;
}

function upsert({ table }: Kind, batch: string): Written {
  const text = `insert into ${table} (id, jsonb) select (d ->> 'id')::uuid, d from jsonb_array_elements($1::jsonb) as given(d)
    on conflict (id) do update set jsonb = excluded.jsonb`;
  return [text, [batch]];
}

function publish({ topic }: Kind, batch: string): Written {
  const text = `insert into octavo_outbox (id, type, key, payload)
    select gen_random_uuid(), $2, coalesce(d ->> 'instanceId', d ->> 'id'), jsonb_build_object('new', d, 'type', 'CREATE', 'tenant', 'north')
    from jsonb_array_elements($1::jsonb) as given(d)`;
  return [text, [batch, topic]];
}
