import {
  expandPermissions,
  permissions,
  permissionsModule,
  permissionUsers,
  userBy,
} from "@octavo/permissions";
import { ByHand } from "../contest/by-hand.ts";
import { type Contest, contestFigures, reading } from "../contest/contest.ts";
import { uuidOf } from "../contest/drawn.ts";
import { fillDatabase, type FilledDatabase, fillTable, tenant } from "../contest/filled-database.ts";
import type { Figure } from "../bench-result.ts";

/** As many permissions as a release of FOLIO has, a tenth of them sets: 250 of eight permissions each, 50 of five of those each. */
const PLAIN = 2450;
const SETS = { lower: 250, upper: 50 };
const HELD = 2000;

interface Defined {
  readonly permissionName: string;
  readonly subPermissions: readonly string[];
}

const plainName = (n: number): string => `module-${n % 60}.records-${n}.item.get`;
const lowerName = (n: number): string => `module-${n % 60}.set-${n}.all`;
const upperName = (n: number): string => `ui-${n}.manage`;

function defined(n: number): Defined {
  if (n < PLAIN) return { permissionName: plainName(n), subPermissions: [] };
  const lower = n - PLAIN;
  if (lower < SETS.lower) return { permissionName: lowerName(lower), subPermissions: eight(lower) };
  const upper = lower - SETS.lower;
  const sets = Array.from({ length: 5 }, (_, at) => lowerName(5 * upper + at));
  return { permissionName: upperName(upper), subPermissions: sets };
}

function eight(set: number): readonly string[] {
  return Array.from({ length: 8 }, (_, at) => plainName(8 * set + at));
}

/** Two users: one holds sets that make 2,000 permissions, the other each of his by itself. */
const users = [
  { userId: uuidOf("holder", 0), permissions: Array.from({ length: SETS.upper }, (_, n) => upperName(n)) },
  { userId: uuidOf("holder", 1), permissions: Array.from({ length: HELD }, (_, n) => plainName(n)) },
];

/** All that a user has, beside one statement by hand that reads the user and expands in one. */
export async function expansionFigures(adminUrl: string, isFull: boolean): Promise<readonly Figure[]> {
  const filled = await fillDatabase(adminUrl, {
    moduleName: permissionsModule.name,
    steps: permissionsModule.steps,
    tables: [permissions.table.name, permissionUsers.table.name],
    fill: async (db) => {
      await fillTable(db, permissions.table.name, PLAIN + SETS.lower + SETS.upper, (n) => ({
        id: uuidOf("permission", n),
        mutable: false,
        visible: true,
        ...defined(n),
      }));
      await fillTable(db, permissionUsers.table.name, users.length, (n) => ({
        id: uuidOf("permission user", n),
        ...users[n],
      }));
    },
  });
  const hand = await ByHand.open(filled);
  const figures = await contestFigures(contests(filled, hand), isFull);
  await hand.close();
  await filled.databases.close();
  return figures;
}

const EXPANDED = `
  with recursive held (name) as (
    select value from permissions_users as u, jsonb_array_elements_text(u.jsonb -> 'permissions') where u.jsonb ->> 'userId' = $1
    union
    select child.value from held join permissions as p on p.jsonb ->> 'permissionName' = held.name,
      jsonb_array_elements_text(p.jsonb -> 'subPermissions') as child)
  select name from held`;

function contests({ db }: FilledDatabase, hand: ByHand): readonly Contest[] {
  return ["2,000 permissions through sets", "2,000 permissions one by one"].map((name, at) => {
    const { userId = "" } = users[at] ?? {};
    return reading({
      name: `expansion of ${name}`,
      own: () =>
        db.read(tenant, async (tx) => {
          const user = await userBy(tx, "userId", userId);
          return expandPermissions(tx, user?.permissions ?? []);
        }),
      byHand: () => hand.read([[EXPANDED, [userId]]]),
    });
  });
}
