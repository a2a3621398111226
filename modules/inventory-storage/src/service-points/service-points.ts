import {
  collection,
  crudRoutes,
  defineInterface,
  type DocumentCollection,
  type InterfaceDefinition,
  invalid,
  type Refusal,
  searchable,
  type Stored,
  type Transaction,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { domainEvents } from "../records/domain-events.ts";
import { Flag, Text } from "../records/shapes.ts";

const path = "/service-points";
const permissions = "inventory-storage.service-points";
const closed = { additionalProperties: false };

/** Where people are served: a desk, a machine. */
export const servicePoints = collection("service_point", {
  schema: Type.Object(
    {
      name: Type.String(),
      code: Type.String(),
      discoveryDisplayName: Type.String(),
      description: Text,
      shelvingLagTime: Type.Optional(Type.Integer()),
      pickupLocation: Flag,
      holdShelfExpiryPeriod: Type.Optional(
        Type.Object(
          {
            duration: Type.Integer(),
            intervalId: Type.Enum(["Minutes", "Hours", "Days", "Weeks", "Months"]),
          },
          closed,
        ),
      ),
      holdShelfClosedLibraryDateManagement: Type.Optional(
        Type.Enum([
          "Keep_the_current_due_date",
          "Move_to_the_end_of_the_previous_open_day",
          "Move_to_the_end_of_the_next_open_day",
          "Keep_the_current_due_date_time",
          "Move_to_end_of_current_service_point_hours",
          "Move_to_beginning_of_next_open_service_point_hours",
        ]),
      ),
      staffSlips: Type.Optional(
        Type.Array(Type.Object({ id: Uuid, printByDefault: Type.Boolean() }, closed)),
      ),
    },
    closed,
  ),
  unique: [{ fields: ["name"] }, { fields: ["code"] }],
  indexes: [
    searchable.text("name", ["exact", "words"]),
    searchable.text("code", ["exact", "words"]),
    searchable.boolean("pickupLocation"),
  ],
  isVersioned: false,
});

type ServicePoint = typeof servicePoints extends DocumentCollection<infer T> ? T : never;

export const servicePointInterface: InterfaceDefinition = defineInterface(
  "service-points",
  "3.3",
  crudRoutes(
    servicePoints,
    { path, permissions, listName: "servicepoints" },
    {
      create: (tx, point, author) => servicePoints.create(tx, checked(point), author),
      replace: async (tx, id, point, author) => {
        const whole = checked(point);
        const old = await servicePoints.get(tx, id);
        await publish(tx, { old, new: await servicePoints.replace(tx, id, whole, author) });
      },
      delete: async (tx, id) => {
        const old = await servicePoints.get(tx, id);
        await servicePoints.delete(tx, id);
        await publish(tx, { old });
      },
    },
  ),
);

function checked(point: ServicePoint): ServicePoint {
  const refusal = pickupRefusal(point);
  if (refusal !== null) throw refusal;
  return { holdShelfClosedLibraryDateManagement: "Keep_the_current_due_date", ...point };
}

/** Whoever keeps things for readers says for how long, nobody else does. */
function pickupRefusal({
  name,
  pickupLocation = false,
  holdShelfExpiryPeriod,
}: ServicePoint): Refusal | null {
  if (pickupLocation === (holdShelfExpiryPeriod !== undefined)) return null;
  const message = pickupLocation
    ? "Hold shelf expiry period must be specified when service point can be used for pickup."
    : "Hold shelf expiry period cannot be specified when service point cannot be used for pickup";
  return invalid("name", name, message);
}

async function publish(
  tx: Transaction,
  change: { readonly old: Stored<ServicePoint>; readonly new?: Stored<ServicePoint> },
): Promise<void> {
  const type = change.new === undefined ? "DELETE" : "UPDATE";
  await domainEvents.publish(tx, {
    type: "inventory.service-point",
    key: change.old.id,
    isOrderedByRows: true,
    payload: { ...change, type, tenant: tx.tenantId },
  });
}
