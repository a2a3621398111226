import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  acquireLease,
  collection,
  collections,
  conflict,
  crudRoutes,
  defineInterface,
  defineJob,
  defineModule,
  holdsLease,
  jobs,
  keyedWrite,
  type Lease,
  notFound,
  releaseLease,
  requestKeys,
  type RequestDatabase,
  route,
  type RunningModule,
  searchable,
  state,
  type Transaction,
  Type,
} from "@octavo/module-kit";

/** Modules that keep their state where it belongs, and where it does not: each mistake once, so that the harness must find it. */

const Title = Type.Object({ title: Type.String() });
const Notes = collection("note", { schema: Title, indexes: [searchable.text("title", ["exact", "words"])] });
const nobody = { userId: null };
const keep = (tx: Transaction, title: string) => Notes.create(tx, { title }, nobody);

const writeNote = defineJob("write note", {
  payload: Title,
  run: async (job) => {
    await delay(200, undefined, { signal: job.signal });
    await job.finish((tx) => keep(tx, job.payload.title));
  },
});

/** As a module should be. */
export const notes = defineModule({
  name: "octavo-notes",
  version: "1.0.0",
  title: "Notes",
  parts: [collections(Notes), state(), requestKeys(), jobs([writeNote], { leaseSeconds: 2 })],
  interfaces: [
    defineInterface("notes", "1.0", [
      ...crudRoutes(Notes, { path: "/notes", permissions: "notes", listName: "notes" }),
      route({
        method: "POST",
        path: "/notes-once",
        body: Title,
        answers: { 201: Title },
        handle: (call) =>
          keyedWrite(call, "POST /notes-once", async (tx) => {
            await keep(tx, call.body.title);
            await delay(200); // as if it were much to write: the time in which it is cut off
            return { status: 201 as const, body: { title: call.body.title } };
          }),
      }),
      route({
        method: "POST",
        path: "/notes-later",
        body: Title,
        answers: { 202: null },
        handle: async ({ db, body }) => {
          await db.tx((tx) => writeNote.enqueue(tx, body));
          return { status: 202 };
        },
      }),
      leasedRoute("/notes-fenced", async (tx, lease) => {
        if (!(await holdsLease(tx, lease))) throw conflict("The lease was lost");
      }),
      leasedRoute("/notes-unfenced", async () => undefined),
    ]),
  ],
});

/** Writes a note alone, under a lease; what was written with a key is not written again. The whole difference is in `guard`. */
function leasedRoute(path: `/${string}`, guard: (tx: Transaction, lease: Lease) => Promise<void>) {
  return route({
    method: "POST",
    path,
    body: Title,
    answers: { 201: null },
    handle: async ({ db, body, headers }) => {
      const title = `${body.title} ${headers["idempotency-key"] ?? ""}`;
      const lease = await waitForLease(db, path);
      const isThere = await db.read(async (tx) => {
        const wanted = { query: `title=="${title}"`, offset: 0, limit: 1, totalRecords: "none" as const };
        return (await Notes.search(tx, wanted)).documents.length > 0;
      });
      await delay(300); // as if something outside were asked
      if (!isThere) {
        await db.tx(async (tx) => {
          await guard(tx, lease);
          await keep(tx, title);
        });
      }
      await db.tx((tx) => releaseLease(tx, lease));
      return { status: 201 };
    },
  });
}

async function waitForLease(db: RequestDatabase, name: string): Promise<Lease> {
  const holder = randomUUID();
  for (;;) {
    const lease = await db.tx((tx) => acquireLease(tx, name, holder, 1));
    if (lease !== null) return lease;
    await delay(100);
  }
}

const remembered = new Map<string, string>();
const statefulAt = (
  path: `/${string}`,
  put: (tenantId: string, title: string) => void,
  get: (tenantId: string) => string | null,
) => [
  route({
    method: "PUT",
    path,
    body: Title,
    answers: { 204: null },
    handle: ({ body, context }) => {
      put(context.tenantId, body.title);
      return { status: 204 };
    },
  }),
  route({
    method: "GET",
    path,
    answers: { 200: Title },
    handle: ({ context }) => {
      const title = get(context.tenantId);
      return title === null ? notFound("title", path) : { status: 200, body: { title } };
    },
  }),
];

/** Keeps a draft in memory. */
export const inMemory = defineModule({
  name: "octavo-memory",
  version: "1.0.0",
  title: "Memory",
  interfaces: [
    defineInterface(
      "memory",
      "1.0",
      statefulAt(
        "/in-memory",
        (tenantId, title) => remembered.set(tenantId, title),
        (tenantId) => remembered.get(tenantId) ?? null,
      ),
    ),
  ],
});

const fileOf = (tenantId: string) => join(tmpdir(), `octavo-draft-${tenantId}`);

/** Keeps a draft in a local file. */
export const inFile = defineModule({
  name: "octavo-file",
  version: "1.0.0",
  title: "File",
  interfaces: [
    defineInterface(
      "file",
      "1.0",
      statefulAt(
        "/in-file",
        (tenantId, title) => writeFileSync(fileOf(tenantId), title),
        (tenantId) => {
          try {
            return readFileSync(fileOf(tenantId), "utf8");
          } catch {
            return null;
          }
        },
      ),
    ),
  ],
});

const Exports = collection("export", { schema: Type.Object({ state: Type.String() }) });
let running: RunningModule | null = null;

/** Begins work that lives in the process that was asked: its state is in the database, who does it is not. */
export const stickyJob = defineModule({
  name: "octavo-sticky",
  version: "1.0.0",
  title: "Sticky",
  parts: [
    collections(Exports),
    {
      name: "sticky",
      start: (module) => {
        running = module;
        return async () => undefined;
      },
    },
  ],
  interfaces: [
    defineInterface("exports", "1.0", [
      ...crudRoutes(Exports, { path: "/exports", permissions: "exports", listName: "exports" }),
      route({
        method: "POST",
        path: "/exports-begin",
        answers: { 201: Type.Object({ id: Type.String() }) },
        handle: async ({ db, context: { tenantId } }) => {
          const made = await db.tx((tx) => Exports.create(tx, { state: "running" }, nobody));
          setTimeout(() => {
            void running?.database.tx({ tenantId, work: "background" }, (tx) =>
              Exports.replace(tx, made.id, { ...made, state: "done" }, nobody),
            );
          }, 300);
          return { status: 201, body: { id: made.id } };
        },
      }),
    ]),
  ],
});
