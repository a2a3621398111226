import { randomUUID } from "node:crypto";
import {
  badRequest,
  crudRoutes,
  defineInterface,
  type Document,
  type DocumentCollection,
  type InterfaceDefinition,
  invalid,
  notFound,
  type RequestDatabase,
  type Route,
  route,
  type Transaction,
  Type,
} from "@octavo/module-kit";
import { lockStored, transactionTime } from "../records/stored-records.ts";
import { migrations } from "./migrations.ts";
import {
  IterationParameters,
  iterations,
  type MigrationJob,
  migrationJobs,
  reindexes,
} from "./walk-records.ts";
import { iterating, migrating, reindexing } from "./walks.ts";

const instance = "inventory-storage.instance";
const migration = "inventory-storage.migration";

export const walkInterfaces: readonly InterfaceDefinition[] = [
  defineInterface("instance-reindex", "0.1", [
    route({
      method: "POST",
      path: "/instance-storage/reindex",
      summary: "Begins to tell of each instance, for those who make an index of them",
      permissionsRequired: [`${instance}.reindex.post`],
      answers: { 200: reindexes.schema },
      handle: async ({ db }) => ({
        status: 200,
        body: await db.tx(async (tx) => {
          const job = { published: 0, jobStatus: "In progress", resourceName: "Instance" } as const;
          return begun(tx, reindexes, job, reindexing);
        }),
      }),
    }),
    ...readRoutes(reindexes, "/instance-storage/reindex", "reindexJobs", `${instance}.reindex`),
    cancelRoute(reindexes, "/instance-storage/reindex/{id}", `${instance}.reindex.item.delete`, {
      pending: "Pending cancel",
      isFinal: "Ids published",
    }),
  ]),
  defineInterface("instance-iteration", "0.1", [
    route({
      method: "POST",
      path: "/instance-storage/instances/iteration",
      summary: "Begins to tell of each instance to a topic",
      permissionsRequired: [`${instance}.iteration.post`],
      body: IterationParameters,
      answers: { 201: iterations.schema },
      handle: async ({ body, db }) => ({
        status: 201,
        body: await db.tx((tx) => {
          const job = { messagesPublished: 0, jobStatus: "In progress", jobParams: body } as const;
          return begun(tx, iterations, job, iterating);
        }),
      }),
    }),
    getRoute(iterations, "/instance-storage/instances/iteration/{id}", `${instance}.iteration.item.get`),
    cancelRoute(
      iterations,
      "/instance-storage/instances/iteration/{id}",
      `${instance}.iteration.item.delete`,
      {
        pending: "Cancellation pending",
        isFinal: "Completed",
      },
    ),
  ]),
  defineInterface("async-migration", "0.1", [
    route({
      method: "GET",
      path: "/inventory-storage/migrations",
      summary: "Lists what can be worked out again in all records",
      permissionsRequired: [`${migration}.item.get`],
      answers: {
        200: Type.Object({ asyncMigrations: Type.Array(Type.Unknown()), totalRecords: Type.Integer() }),
      },
      handle: () => ({
        status: 200,
        body: {
          asyncMigrations: migrations.map(({ name, entity }) => ({
            migrations: [name],
            affectedEntities: [entity],
          })),
          totalRecords: migrations.length,
        },
      }),
    }),
    route({
      method: "POST",
      path: "/inventory-storage/migrations/jobs",
      summary: "Begins to work something out again in all records",
      permissionsRequired: [`${migration}.job.post`],
      body: Type.Object({ migrations: Type.Array(Type.String(), { minItems: 1 }) }),
      answers: { 200: migrationJobs.schema },
      handle: async ({ body, db }) => {
        const known = migrations.filter(({ name }) => body.migrations.includes(name));
        const unknown = body.migrations.filter((each) => !migrations.some(({ name }) => name === each));
        if (unknown.length > 0) {
          const message = `One or more migrations are not available. Migrations: ${body.migrations.join(" ")}`;
          return invalid("migrations", unknown.join(" "), message);
        }
        const job: Omit<MigrationJob, "id"> = {
          migrations: [...body.migrations],
          affectedEntities: [...new Set(known.map(({ entity }) => entity))],
          published: [],
          processed: [],
          jobStatus: "In progress",
        };
        return { status: 200, body: await db.tx((tx) => begun(tx, migrationJobs, job, migrating)) };
      },
    }),
    route({
      method: "GET",
      path: "/inventory-storage/migrations/jobs",
      summary: "Lists these jobs",
      permissionsRequired: [`${migration}.job.item.get`],
      answers: { 200: Type.Object({ jobs: Type.Array(migrationJobs.schema), totalRecords: Type.Integer() }) },
      handle: async ({ db }) => {
        const wanted = { query: null, offset: 0, limit: 1000, totalRecords: "none" } as const;
        const { documents } = await db.read((tx) => migrationJobs.search(tx, wanted));
        return { status: 200, body: { jobs: [...documents], totalRecords: documents.length } };
      },
    }),
    getRoute(migrationJobs, "/inventory-storage/migrations/jobs/{id}", `${migration}.job.item.get`),
    cancelRoute(migrationJobs, "/inventory-storage/migrations/jobs/{id}", `${migration}.job.item.delete`, {
      pending: "Pending cancel",
      isFinal: "Completed",
    }),
  ]),
];

/** The document of a job, and the job that does it: both are there, or none. */
async function begun<T extends Document>(
  tx: Transaction,
  documents: DocumentCollection<T>,
  document: Omit<T, "id" | "submittedDate">,
  job: { enqueue(tx: Transaction, payload: { readonly id: string }): Promise<unknown> },
): Promise<T> {
  const id = randomUUID();
  const submitted = { ...document, id, submittedDate: await transactionTime(tx) } as unknown as T; // as: made of T's own fields
  const created = await documents.create(tx, submitted, { userId: null });
  await job.enqueue(tx, { id });
  return created;
}

function readRoutes<T extends Document>(
  documents: DocumentCollection<T>,
  path: string,
  listName: string,
  permissions: string,
): readonly Route[] {
  return crudRoutes(documents, { path, permissions, listName }).filter(({ method }) => method === "GET");
}

function getRoute<T extends Document>(
  documents: DocumentCollection<T>,
  path: string,
  permission: string,
): Route {
  return route({
    method: "GET",
    path,
    params: Type.Object({ id: Type.String() }),
    summary: "Gives a job",
    permissionsRequired: [permission],
    answers: { 200: documents.schema },
    handle: async ({ params: { id }, db }) => {
      const job = await found(documents, db, id);
      return job === null ? notFound("job", id) : { status: 200, body: job };
    },
  });
}

function found<T extends Document>(
  documents: DocumentCollection<T>,
  db: RequestDatabase,
  id: string,
): Promise<T | null> {
  return db.read((tx) => documents.find(tx, id));
}

/** The job ends when it is next at a step; one that has ended stays as it is. */
function cancelRoute<T extends Document & { readonly jobStatus: string }>(
  documents: DocumentCollection<T>,
  path: string,
  permission: string,
  { pending, isFinal }: { readonly pending: T["jobStatus"]; readonly isFinal: T["jobStatus"] },
): Route {
  return route({
    method: "DELETE",
    path,
    params: Type.Object({ id: Type.String() }),
    summary: "Asks a job to end",
    permissionsRequired: [permission],
    answers: { 204: null },
    handle: async ({ params: { id }, db }) => {
      await db.tx(async (tx) => {
        const { id: key } = await documents.get(tx, id);
        const job = (await lockStored(tx, documents, [key])).get(key);
        if (job === undefined) throw notFound("job", id);
        if (job.jobStatus === isFinal) throw badRequest("The job has been finished");
        if (job.jobStatus !== "In progress") return;
        await documents.replace(tx, key, { ...job, jobStatus: pending }, { userId: null });
      });
      return { status: 204 };
    },
  });
}
