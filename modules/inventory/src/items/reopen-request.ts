import {
  and,
  type Calls,
  cannotBeAsked,
  cql,
  equal,
  isAbsent,
  oneOf,
  passedOn,
  Type,
} from "@octavo/module-kit";

const CirculationRequest = Type.Object(
  { id: Type.String(), holdShelfExpirationDate: Type.Optional(Type.String()) },
  { additionalProperties: true },
);
const Requests = Type.Object({ requests: Type.Array(CirculationRequest) });

/** A request for which the item was on its way. */
const inFulfilment = ["Open - Awaiting pickup", "Open - Awaiting delivery", "Open - In transit"];

/** An item that is marked is no longer on its way to whoever requested it: the request waits again, unless the hold shelf's time was over. Where nobody
 * provides request-storage there are no requests.
 * @throws Refusal where requests cannot be read or changed */
export async function reopenRequest(calls: Calls, itemId: string, now: Date): Promise<void> {
  const found = await calls.send({
    method: "GET",
    path: "/request-storage/requests",
    query: { query: cql(and(equal("itemId", itemId), oneOf("status", inFulfilment))), limit: 1 },
    answer: Requests,
  });
  if (!found.ok) {
    if (isAbsent(found.error)) return;
    throw cannotBeAsked(found.error, "request-storage");
  }
  const [request] = found.value.body.requests;
  if (request === undefined) return;
  const { holdShelfExpirationDate: ends } = request;
  if (ends !== undefined && new Date(ends) < now) return;
  const reopened = await calls.send({
    method: "PUT",
    path: `/request-storage/requests/${request.id}`,
    body: { ...request, status: "Open - Not yet filled" },
    answer: Type.Unknown(),
  });
  if (!reopened.ok) throw passedOn(reopened.error, "request-storage");
}
