import { env } from "node:process";
import { Refusal } from "@octavo/module-kit";

const VARIABLE = "DB_ALLOW_SUPPRESS_OPTIMISTIC_LOCKING";

/** For the launch descriptor. */
export const inventoryVariables = [
  {
    name: VARIABLE,
    value: "",
    description:
      "until when the unsafe batches of octavo-inventory-storage may overwrite what somebody else has changed: 2026-12-31T23:59:59Z",
  },
] as const;

/** The unsafe batch routes overwrite what somebody else has changed meanwhile. As with RMB's modules an operator allows it for some time:
 * the variable is the moment at which it ends, `2026-12-31T23:59:59Z`.
 * @returns 413 when it is not allowed, as RMB answers */
export function suppressionRefusal(): Refusal | null {
  const end = Date.parse(env[VARIABLE] ?? "");
  if (end > performance.timeOrigin + performance.now()) return null;
  const message = `${VARIABLE} environment variable doesn't allow to disable optimistic locking`;
  return new Refusal(413, [{ message, code: "optimistic-locking" }]);
}
