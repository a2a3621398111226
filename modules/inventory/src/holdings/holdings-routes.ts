import { isDeepStrictEqual } from "node:util";
import { invalid, passedOn, Refusal, type Route, route, type Static, Type } from "@octavo/module-kit";
import { holdingsBlockedFields } from "../config/blocked-fields.ts";

/** Of the source "MARC", as mod-inventory-storage ships it. */
const MARC_SOURCE_ID = "036ee84a-6afd-4c3c-9ad3-4a12ab875f59";

/** Storage knows the fields; here only what is looked at is said. */
const HoldingsRecord = Type.Object(
  { hrid: Type.Optional(Type.String()), sourceId: Type.Optional(Type.String()) },
  { additionalProperties: true },
);
type HoldingsRecord = Static<typeof HoldingsRecord> & Readonly<Record<string, unknown>>;

/** What clients show of a holdings record, and send back with it. */
const NOT_SENT = new Set(["holdingsItems", "bareHoldingsItems", "holdingsInstance"]);

/** Of interface `inventory`: the one route of holdings records. */
export const holdingsRoutes: readonly Route[] = [
  route({
    method: "PUT",
    path: "/inventory/holdings/{id}",
    summary: "Replaces a holdings record, but for what its MARC record says",
    permissionsRequired: ["inventory.holdings.item.put"],
    modulePermissions: ["inventory-storage.holdings.item.get", "inventory-storage.holdings.item.put"],
    body: HoldingsRecord,
    answers: { 204: null },
    handle: async ({ params, body, calls }) => {
      const path = `/holdings-storage/holdings/${encodeURIComponent(params.id)}`;
      const stored = await calls.send({ method: "GET", path, answer: HoldingsRecord });
      if (!stored.ok) return withoutRecord(passedOn(stored.error, "inventory-storage"));
      const refusal = refuseChange(stored.value.body, body);
      if (refusal !== null) return refusal;
      // With the version that the client has read: storage refuses it where somebody else was faster.
      const sent = Object.fromEntries(Object.entries(body).filter(([field]) => !NOT_SENT.has(field)));
      const replaced = await calls.send({ method: "PUT", path, body: sent, answer: Type.Unknown() });
      return replaced.ok ? { status: 204 } : passedOn(replaced.error, "inventory-storage");
    },
  }),
];

function withoutRecord(refusal: Refusal): Refusal {
  if (refusal.status !== 404) return refusal;
  return new Refusal(404, [{ message: "Holdings not found", code: "not-found" }]);
}

function refuseChange(stored: HoldingsRecord, wanted: HoldingsRecord): Refusal | null {
  const isChanged = (field: string): boolean =>
    !isDeepStrictEqual(meaning(stored[field]), meaning(wanted[field]));
  if (stored.sourceId?.toLowerCase() === MARC_SOURCE_ID && holdingsBlockedFields.some(isChanged)) {
    const message = `Holdings is controlled by MARC record, these fields are blocked and can not be updated: ${holdingsBlockedFields.join(",")}`;
    return new Refusal(422, [{ message, code: "blocked-fields" }]);
  }
  if (isChanged("hrid")) return invalid("hrid", wanted.hrid ?? "", "HRID can not be updated");
  return null;
}

/** What is empty is as if it were not there. */
function meaning(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}
