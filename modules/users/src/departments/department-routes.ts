import {
  crudRoutes,
  notFound,
  type ReadTransaction,
  type Route,
  route,
  sql,
  type Transaction,
  Type,
} from "@octavo/module-kit";
import { worded } from "../duplicates.ts";
import { badField } from "../users/user-mistakes.ts";
import { type Department, departments } from "./departments.ts";

const list = route({
  method: "GET",
  path: "/departments",
  summary: "Lists departments, and how many users are in each",
  permissionsRequired: ["departments.collection.get"],
  query: Type.Object({
    query: Type.Optional(Type.String({ description: "CQL; without it everything" })),
    offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
    limit: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 10 }),
    totalRecords: Type.Union(
      [Type.Literal("auto"), Type.Literal("exact"), Type.Literal("estimated"), Type.Literal("none")],
      { default: "auto" },
    ),
  }),
  answers: {
    200: Type.Object({
      departments: Type.Array(departments.schema),
      totalRecords: Type.Optional(Type.Integer()),
    }),
  },
  handle: async ({ query: { query = null, ...page }, db }) => {
    const body = await db.read(async (tx) => {
      const { documents, total } = await departments.search(tx, { query, ...page });
      const counted = await withUsage(tx, documents);
      return { departments: counted, ...(total !== null && { totalRecords: total.count }) };
    });
    return { status: 200, body };
  },
});

const get = route({
  method: "GET",
  path: "/departments/{id}",
  summary: "Gives a department, and how many users are in it",
  permissionsRequired: ["departments.item.get"],
  answers: { 200: departments.schema },
  handle: async ({ params: { id }, db }) => {
    const [found] = await db.read(async (tx) => {
      const department = await departments.find(tx, id);
      return withUsage(tx, department === null ? [] : [department]);
    });
    return found === undefined ? notFound("departments", id) : { status: 200, body: found };
  },
});

/** Whoever writes a user holds the departments named there: this waits for him, and he for this. */
async function deleteUnused(tx: Transaction, id: string): Promise<void> {
  if ((await departments.find(tx, id)) === null) throw notFound("departments", id);
  await tx.run(sql`select from departments where id = ${id}::uuid for update`);
  const used = await tx.row(
    sql`select 1 as used from users where jsonb -> 'departments' ? ${id.toLowerCase()} limit 1`,
  );
  if (used !== null) {
    const message = `Cannot delete departments.id = ${id} because id is still referenced from table users.`;
    throw badField("departments.id", id, message);
  }
  await departments.delete(tx, id);
}

async function withUsage(tx: ReadTransaction, some: readonly Department[]): Promise<readonly Department[]> {
  if (some.length === 0) return [];
  const ids = some.map(({ id }) => id);
  const rows = await tx.rows<{ id: string; usage: string }>(sql`
    select department as id, (select count(*) from users where jsonb -> 'departments' ? department) as usage
    from unnest(${ids}::text[]) as wanted(department)`);
  const usage = new Map(rows.map((row) => [row.id, Number(row.usage)]));
  return some.map((each) => ({ ...each, usageNumber: usage.get(each.id) ?? 0 }));
}

const writes = crudRoutes(
  departments,
  { path: "/departments", permissions: "departments", listName: "departments" },
  { delete: deleteUnused },
).filter(({ method }) => method !== "GET");

export const departmentRoutes: readonly Route[] = [
  list,
  get,
  ...worded(writes, (field) => `Department with this ${field} already exists`),
];
