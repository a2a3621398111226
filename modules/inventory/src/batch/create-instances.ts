import { type CallError, type Calls, passedOn, type Refusal, Type } from "@octavo/module-kit";
import type { StorageInstance } from "./read-batch.ts";

const Created = Type.Object({
  instances: Type.Array(Type.Object({ id: Type.String() }, { additionalProperties: true })),
  errorMessages: Type.Optional(Type.Array(Type.String())),
});

export interface CreatedInstances {
  readonly created: readonly StorageInstance[];
  readonly errorMessages: readonly string[];
}

/** How often a batch is sent without those that storage has named as malformed. A refusal names some of them, not all. */
const MOST_CALLS = 20;

/** Creates all instances in one call. A storage module reads the shape of all before it looks at one, and refuses the whole where one has a field that
 * it does not know: it is sent again without those.
 * @throws Refusal where storage cannot be asked: nothing of this batch that it has not told of is known to be stored */
export async function createInstances(
  calls: Calls,
  wanted: readonly StorageInstance[],
): Promise<CreatedInstances> {
  const errorMessages: string[] = [];
  let left = wanted;
  for (let call = 1; left.length > 0; call++) {
    const answer = await sendBatch(calls, left);
    if (answer.kind === "done") {
      return { created: answer.created, errorMessages: [...errorMessages, ...answer.errorMessages] };
    }
    errorMessages.push(...answer.refusal.errors.map(({ message }) => message));
    const malformed = malformedIn(answer.refusal);
    if (malformed.size === 0) break;
    left = left.filter((_, at) => !malformed.has(at));
    if (call === MOST_CALLS) {
      errorMessages.push(`${left.length} instances were not created: too many of the batch are malformed`);
      break;
    }
  }
  return { created: [], errorMessages };
}

type BatchAnswer =
  | ({ readonly kind: "done" } & CreatedInstances)
  | { readonly kind: "refused"; readonly refusal: Refusal };

async function sendBatch(calls: Calls, instances: readonly StorageInstance[]): Promise<BatchAnswer> {
  const sent = await calls.send({
    method: "POST",
    path: "/instance-storage/batch/instances",
    body: { instances, totalRecords: instances.length },
    answer: Created,
  });
  if (sent.ok) {
    const { instances: created, errorMessages = [] } = sent.value.body;
    return { kind: "done", created, errorMessages };
  }
  const toldByStorage = noneCreated(sent.error);
  if (toldByStorage !== null) return { kind: "done", created: [], errorMessages: toldByStorage };
  const refusal = passedOn(sent.error, "inventory-storage");
  if (refusal.status !== 400 && refusal.status !== 422) throw refusal;
  return { kind: "refused", refusal };
}

/** mod-inventory-storage's 500 says so of a batch of which nothing could be stored. */
function noneCreated(error: CallError): readonly string[] | null {
  if (error.kind !== "refused" || error.status !== 500) return null;
  try {
    const body: unknown = JSON.parse(error.text);
    if (body === null || typeof body !== "object" || !("errorMessages" in body)) return null;
    return Array.isArray(body.errorMessages) ? body.errorMessages.map(String) : null;
  } catch {
    return null;
  }
}

/** Places of the records that an answer about the whole batch names: `instances[3].title`. */
function malformedIn({ errors }: Refusal): ReadonlySet<number> {
  const keys = errors.flatMap(({ parameters = [] }) => parameters.map(({ key }) => key));
  return new Set(keys.flatMap((key) => /^instances\[(\d+)\]/u.exec(key)?.[1] ?? []).map(Number));
}
