import {
  type Author,
  collection,
  crudRoutes,
  type DocumentCollection,
  invalid,
  keyedWrite,
  notFound,
  type Route,
  route,
  sql,
  type Transaction,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { Id, Text } from "../records/shapes.ts";

const path = "/preceding-succeeding-titles";
const permissions = "inventory-storage.preceding-succeeding-titles";
const listName = "precedingSucceedingTitles";

/** What a title was called before, or is called since: another instance, or a title that the library has no instance of. */
export const titles = collection("preceding_succeeding_title", {
  schema: Type.Object(
    {
      precedingInstanceId: Id,
      succeedingInstanceId: Id,
      title: Text,
      hrid: Text,
      identifiers: Type.Optional(
        Type.Array(
          Type.Object({ value: Type.String(), identifierTypeId: Uuid }, { additionalProperties: false }),
        ),
      ),
    },
    { additionalProperties: false },
  ),
  references: [
    { field: "precedingInstanceId", to: "instance" },
    { field: "succeedingInstanceId", to: "instance" },
  ],
  isVersioned: false,
});

type Title = typeof titles extends DocumentCollection<infer T> ? T : never;

export const titleRoutes: readonly Route[] = [
  ...crudRoutes(
    titles,
    { path, permissions, listName },
    {
      create: (tx, title, author) => titles.create(tx, tied(title), author),
      replace: (tx, id, title, author) => titles.replace(tx, id, tied(title), author),
    },
  ),
  route({
    method: "PUT",
    path: `${path}/instances/{id}`,
    summary: "Puts these in the place of all preceding and succeeding titles of an instance",
    permissionsRequired: ["inventory-storage.instances.preceding-succeeding-titles.collection.put"],
    body: Type.Object({
      [listName]: Type.Array(titles.schema),
      totalRecords: Type.Optional(Type.Integer()),
    }),
    answers: { 204: null },
    handle: (call) => {
      const { id } = call.params;
      const all = (call.body as Readonly<Record<typeof listName, readonly Title[]>>)[listName]; // as: the schema says so
      if (all.some((title) => title.precedingInstanceId !== id && title.succeedingInstanceId !== id)) {
        const message = `The precedingInstanceId or succeedingInstanceId should contain instanceId [${id}]`;
        return invalid("precedingInstanceId or succeedingInstanceId", "", message);
      }
      return keyedWrite(call, `PUT ${path}/instances/{id}`, async (tx) => {
        await replaceTitles(tx, id, all, call.context);
        return { status: 204 };
      });
    },
  }),
];

async function replaceTitles(
  tx: Transaction,
  instanceId: string,
  all: readonly Title[],
  author: Author,
): Promise<void> {
  // Two who do this for one instance come one after the other.
  const instance = await tx.row(
    sql`select id from instance where id = ${instanceId}::uuid for no key update`,
  );
  if (instance === null) throw notFound("instance", instanceId);
  await tx.run(
    sql`delete from preceding_succeeding_title
        where precedinginstanceid = ${instanceId}::uuid or succeedinginstanceid = ${instanceId}::uuid`,
  );
  await titles.upsert(tx, all, author, "all");
}

function tied(title: Title): Title {
  const { precedingInstanceId = "", succeedingInstanceId = "" } = title;
  if (precedingInstanceId === "" && succeedingInstanceId === "") {
    throw invalid("", "", "The precedingInstanceId and succeedingInstanceId can't be empty at the same time");
  }
  return title;
}
