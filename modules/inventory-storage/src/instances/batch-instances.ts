import {
  defineInterface,
  type InterfaceDefinition,
  keyedWrite,
  Refusal,
  route,
  type Stored,
  type Transaction,
  Type,
} from "@octavo/module-kit";
import { refuseTooMany } from "../records/check-records.ts";
import type { Author } from "../records/record-kind.ts";
import { instances } from "../records/record-tables.ts";
import { createRecord } from "../records/write-records.ts";
import { instanceKind } from "./instance-kind.ts";
import type { Instance } from "./instance-schema.ts";

const Outcome = Type.Object({
  instances: Type.Array(instances.schema),
  errorMessages: Type.Array(Type.String()),
  totalRecords: Type.Integer(),
});

/** The older batch, of which each record stands for itself: what is refused is told beside what was stored. */
export const batchInstances: InterfaceDefinition = defineInterface("instance-storage-batch", "2.0", [
  route({
    method: "POST",
    path: "/instance-storage/batch/instances",
    summary: "Creates many instances, each by itself",
    permissionsRequired: ["inventory-storage.instances.batch.post"],
    body: Type.Object(
      { instances: Type.Array(instances.schema), totalRecords: Type.Optional(Type.Integer()) },
      { additionalProperties: false },
    ),
    bodyLimitBytes: 100 * 1024 ** 2,
    answers: { 201: Outcome },
    handle: (call) =>
      keyedWrite(call, "POST /instance-storage/batch/instances", async (tx) => {
        const given = call.body.instances as readonly Instance[]; // as: the schema is the collection's
        refuseTooMany(given);
        const { created, errors } = await createEach(tx, given, call.context);
        if (created.length === 0 && errors.length > 0) throw new Refusal(422, errors);
        return {
          status: 201,
          body: {
            instances: created,
            errorMessages: errors.map(({ message }) => message),
            totalRecords: created.length,
          },
        };
      }),
  }),
]);

async function createEach(tx: Transaction, given: readonly Instance[], author: Author) {
  const created: Stored<Instance>[] = [];
  const errors: Refusal["errors"][number][] = [];
  for (const instance of given) {
    try {
      created.push(await tx.attempt(() => createRecord(instanceKind, tx, instance, author)));
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      errors.push(...cause.errors);
    }
  }
  return { created, errors };
}
