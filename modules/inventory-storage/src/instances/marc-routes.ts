import {
  expand,
  notFound,
  type Route,
  route,
  sql,
  type Step,
  type Transaction,
  Type,
} from "@octavo/module-kit";

const path = "/instance-storage/instances/{id}/source-record";
const permissions = "inventory-storage.instances.source-record";

/** A MARC record as JSON: what an instance was made of, where it was not kept by a module of its own. */
const MarcJson = Type.Object(
  {
    id: Type.Optional(Type.String()),
    leader: Type.String(),
    fields: Type.Array(Type.Record(Type.String(), Type.Unknown()), { minItems: 2 }),
  },
  { additionalProperties: false },
);

/** Goes with its instance. */
export const marcTable: Step = expand(
  "source records of instances",
  `create table instance_source_marc (id uuid primary key constraint instance_source_marc_id_fkey references instance (id) on delete cascade,
     jsonb jsonb not null)`,
);

export const marcRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: `${path}/marc-json`,
    summary: "Gives the MARC record that an instance was made of",
    permissionsRequired: [`${permissions}.marc-json.get`],
    answers: { 200: MarcJson },
    handle: async ({ params: { id }, db }) => {
      const row = await db.read((tx) =>
        tx.row<{ document: string }>(
          sql`select jsonb::text as document from instance_source_marc where id = ${uuid(id)}::uuid`,
        ),
      );
      return row === null
        ? notFound("source record", id)
        : { status: 200, body: JSON.parse(row.document) as never }; // as: the schema let it in
    },
  }),
  route({
    method: "PUT",
    path: `${path}/marc-json`,
    summary: "Keeps the MARC record that an instance was made of",
    permissionsRequired: [`${permissions}.marc-json.put`],
    body: MarcJson,
    answers: { 204: null },
    handle: async ({ params: { id }, body, db }) => {
      await db.tx(async (tx) => {
        const instance = await tx.row(
          sql`select 1 as there from instance where id = ${uuid(id)}::uuid for key share`,
        );
        if (instance === null) throw notFound("instance", id);
        await tx.run(
          sql`insert into instance_source_marc (id, jsonb) values (${id}::uuid, ${JSON.stringify({ ...body, id })}::jsonb)
              on conflict (id) do update set jsonb = excluded.jsonb`,
        );
      });
      return { status: 204 };
    },
  }),
  ...[`${path}/marc-json`, path].map((each) =>
    route({
      method: "DELETE",
      path: each,
      summary: "Deletes the record that an instance was made of",
      permissionsRequired: [each === path ? `${permissions}.delete` : `${permissions}.marc-json.delete`],
      params: Type.Object({ id: Type.String() }),
      answers: { 204: null },
      handle: async ({ params: { id }, db }) => {
        await db.tx((tx) => deleteMarc(tx, id));
        return { status: 204 };
      },
    }),
  ),
];

async function deleteMarc(tx: Transaction, id: string): Promise<void> {
  const deleted = await tx.run(sql`delete from instance_source_marc where id = ${uuid(id)}::uuid`);
  if (deleted === 0) throw notFound("source record", id);
}

/** @throws Refusal 404: what is no id is nobody's */
function uuid(id: string): string {
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(id)) throw notFound("source record", id);
  return id;
}
