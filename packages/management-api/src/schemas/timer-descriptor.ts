import { Type, type Static } from "typebox";
import { RoutingEntry } from "./routing-entry.ts";

export const TimerDescriptor = Type.Object(
  {
    id: Type.String({ description: 'Id of the timer: product, "_", its place in the descriptor' }),
    routingEntry: Type.Optional(RoutingEntry),
    modified: Type.Optional(
      Type.Boolean({ description: "Whether it differs from what the module declares" }),
    ),
  },
  {
    $id: "TimerDescriptor",
    description: "A timer of a module, as it runs for one tenant",
    additionalProperties: false,
  },
);
export type TimerDescriptor = Static<typeof TimerDescriptor>;
