import { collection, type DocumentCollection, Type } from "@octavo/module-kit";

/** What a client knows of a walk through all instances or items: the job documents of mod-inventory-storage, by the names of its tables. */

const traits = { isVersioned: false, hasMetadata: false };
const closed = { additionalProperties: false };
const Count = Type.Optional(Type.Integer({ minimum: 0 }));
const Moment = Type.Optional(Type.String());

export const IterationParameters = Type.Object(
  { eventType: Type.Optional(Type.String()), topicName: Type.String() },
  closed,
);

export const iterations = collection("iteration_job", {
  ...traits,
  schema: Type.Object(
    {
      messagesPublished: Count,
      jobStatus: Type.Enum(["In progress", "Failed", "Completed", "Cancellation pending", "Cancelled"]),
      submittedDate: Moment,
      jobParams: IterationParameters,
    },
    closed,
  ),
});

export const reindexes = collection("reindex_job", {
  ...traits,
  schema: Type.Object(
    {
      published: Count,
      jobStatus: Type.Enum([
        "In progress",
        "Id publishing failed",
        "Ids published",
        "Pending cancel",
        "Id publishing cancelled",
      ]),
      resourceName: Type.Enum(["Instance", "Unknown"]),
      submittedDate: Moment,
    },
    closed,
  ),
  dynamic: ["jobStatus", "resourceName", "submittedDate"],
});

const Counts = Type.Array(Type.Object({ migrationName: Type.String(), count: Type.Integer() }));

export const migrationJobs = collection("async_migration_job", {
  ...traits,
  schema: Type.Object(
    {
      migrations: Type.Array(Type.String()),
      affectedEntities: Type.Array(Type.String()),
      published: Counts,
      processed: Counts,
      jobStatus: Type.Enum([
        "In progress",
        "Id publishing failed",
        "Ids published",
        "Pending cancel",
        "Cancelled",
        "Completed",
      ]),
      submittedDate: Moment,
      finishedDate: Moment,
    },
    closed,
  ),
});

export type Iteration = typeof iterations extends DocumentCollection<infer T> ? T : never;
export type Reindex = typeof reindexes extends DocumentCollection<infer T> ? T : never;
export type MigrationJob = typeof migrationJobs extends DocumentCollection<infer T> ? T : never;
