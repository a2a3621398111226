import { type Calls, passedOn, Type } from "@octavo/module-kit";
import { type RelationRequest, type Relations, relationRequests } from "../relations/relation-requests.ts";
import { fewAtOnce } from "../storage/few-at-once.ts";

export interface CreatedRelations {
  /** As the client sees them; those that were not stored are not there. */
  readonly relations: ReadonlyMap<string, readonly RelationRequest[]>;
  readonly errorMessages: readonly string[];
}

const AT_ONCE = 8;

/** Stores the relations of instances that were created a moment ago and so have none: one call for each relation, none to look for others. */
export async function createRelations(
  calls: Calls,
  wanted: ReadonlyMap<string, Relations>,
): Promise<CreatedRelations> {
  const requests = [...wanted].flatMap(([instanceId, relations]) =>
    relationRequests(instanceId, relations).map((request) => ({ instanceId, request })),
  );
  const outcomes = await fewAtOnce(requests, AT_ONCE, async ({ instanceId, request }) => {
    const { path, body, list } = request;
    const posted = await calls.send({ method: "POST", path, body, answer: Type.Unknown() });
    if (posted.ok) return { instanceId, request, error: null };
    const { message } = passedOn(posted.error, "inventory-storage");
    return {
      instanceId,
      request,
      error: `One of ${list} of instance ${instanceId} was not stored: ${message}`,
    };
  });
  const stored = Map.groupBy(
    outcomes.filter(({ error }) => error === null),
    ({ instanceId }) => instanceId,
  );
  return {
    relations: new Map([...stored].map(([id, each]) => [id, each.map(({ request }) => request)])),
    errorMessages: outcomes.flatMap(({ error }) => error ?? []),
  };
}
