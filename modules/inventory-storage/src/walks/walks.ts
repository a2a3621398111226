import { domainEvents } from "../records/domain-events.ts";
import { migrations } from "./migrations.ts";
import {
  type Iteration,
  iterations,
  type MigrationJob,
  migrationJobs,
  type Reindex,
  reindexes,
} from "./walk-records.ts";
import { type Leg, type Walk, walkJob } from "./walk.ts";

/** An event for each instance, so that whoever keeps an index of them makes it anew. */
const reindexWalk: Walk<Reindex> = {
  type: "reindex instances",
  documents: reindexes,
  pending: "Pending cancel",
  cancelled: "Id publishing cancelled",
  failed: "Id publishing failed",
  legs: () => [tellOf("inventory.instance", "REINDEX", "reindex-job-id")],
  counted: (document, [published = 0]) => ({ ...document, published }),
  completed: (document) => ({ ...document, jobStatus: "Ids published" }),
};

/** An event for each instance to a topic that the client names. */
const iterationWalk: Walk<Iteration> = {
  type: "iterate instances",
  documents: iterations,
  pending: "Cancellation pending",
  cancelled: "Cancelled",
  failed: "Failed",
  legs: ({ jobParams: { topicName, eventType = "ITERATE" } }) => [
    tellOf(topicName, eventType, "iteration-job-id"),
  ],
  counted: (document, [messagesPublished = 0]) => ({ ...document, messagesPublished }),
  completed: (document) => ({ ...document, jobStatus: "Completed" }),
};

const migrationWalk: Walk<MigrationJob> = {
  type: "migrate records",
  documents: migrationJobs,
  pending: "Pending cancel",
  cancelled: "Cancelled",
  failed: "Id publishing failed",
  legs: (document) => migrations.filter(({ name }) => document.migrations.includes(name)),
  counted: (document, counts) => {
    const named = migrations.filter(({ name }) => document.migrations.includes(name));
    const all = named.flatMap(({ name }, at) => {
      const count = counts[at];
      return count === undefined ? [] : [{ migrationName: name, count }];
    });
    return { ...document, published: all, processed: all };
  },
  completed: (document, now) => ({ ...document, jobStatus: "Completed", finishedDate: now }),
};

export const reindexing = walkJob(reindexWalk);
export const iterating = walkJob(iterationWalk);
export const migrating = walkJob(migrationWalk);

function tellOf(topic: string, type: string, jobHeader: string): Leg {
  return {
    table: "instance",
    visit: async (tx, ids, jobId) => {
      if (ids.length === 0) return;
      const payload = { type, tenant: tx.tenantId, [jobHeader]: jobId };
      const headers = { [jobHeader]: jobId };
      // An instance is told of once in a walk: there is no order to keep.
      await domainEvents.publish(
        tx,
        ...ids.map((key) => ({ type: topic, key, isOrderedByRows: true, payload, headers })),
      );
    },
  };
}
