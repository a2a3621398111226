import { type Route, route, sql, type Transaction } from "@octavo/module-kit";
import { HRID_KINDS, type HridKind, type HridSettings, hridSettings, SETTINGS_ID } from "./hrid-settings.ts";
import { sequenceOf } from "./hrid-steps.ts";

const path = "/hrid-settings-storage/hrid-settings";
const permission = "inventory-storage.hrid-settings.item";

export const hridRoutes: readonly Route[] = [
  route({
    method: "GET",
    path,
    summary: "Gives the settings of human readable ids, and the last number of each kind",
    permissionsRequired: [`${permission}.get`],
    answers: { 200: hridSettings.schema },
    handle: async ({ db }) => {
      const body = await db.read(async (tx) => {
        const settings = await hridSettings.get(tx, SETTINGS_ID);
        const drawn = new Map<HridKind, number>();
        for (const kind of HRID_KINDS) drawn.set(kind, await drawnSinceStart(tx, kind));
        return withCurrent(settings, drawn);
      });
      return { status: 200, body };
    },
  }),
  route({
    method: "PUT",
    path,
    summary: "Sets how human readable ids look; the next of each kind is its start number",
    permissionsRequired: [`${permission}.put`],
    body: hridSettings.schema,
    answers: { 204: null },
    handle: async ({ body, context, db }) => {
      const settings = kept(body as HridSettings); // as: the schema is the collection's
      await db.tx(async (tx) => {
        await hridSettings.replace(tx, SETTINGS_ID, settings, context);
        for (const kind of HRID_KINDS) await beginAnew(tx, kind);
      });
      return { status: 204 };
    },
  }),
];

type Reads = Pick<Transaction, "row">;

async function drawnOf(tx: Reads, kind: HridKind): Promise<number> {
  const row = await tx.row<{ drawn: string }>({
    text: `select case when is_called then last_value else 0 end as drawn from ${sequenceOf(kind)}`,
    values: [],
  });
  return Number(row?.drawn ?? 0);
}

async function drawnSinceStart(tx: Reads, kind: HridKind): Promise<number> {
  const base = await tx.row<{ drawn: string }>(sql`select drawn from hrid_base where kind = ${kind}`);
  return (await drawnOf(tx, kind)) - Number(base?.drawn ?? 0);
}

async function beginAnew(tx: Transaction, kind: HridKind): Promise<void> {
  const drawn = await drawnOf(tx, kind);
  await tx.run(sql`update hrid_base set drawn = ${drawn} where kind = ${kind}`);
}

function withCurrent<T extends HridSettings>(settings: T, drawn: ReadonlyMap<HridKind, number>): T {
  const { instances, holdings, items } = settings;
  const current = <K extends { readonly startNumber: number }>(kind: HridKind, of: K) => ({
    ...of,
    currentNumber: of.startNumber - 1 + (drawn.get(kind) ?? 0),
  });
  return {
    ...settings,
    instances: current("instances", instances),
    holdings: current("holdings", holdings),
    items: current("items", items),
  };
}

function kept({ instances, holdings, items, ...settings }: HridSettings): HridSettings {
  return {
    commonRetainLeadingZeroes: true,
    ...settings,
    instances: withoutCurrent(instances),
    holdings: withoutCurrent(holdings),
    items: withoutCurrent(items),
  };
}

function withoutCurrent<T extends { readonly currentNumber?: number }>({
  currentNumber: _current,
  ...kind
}: T) {
  return kind;
}
