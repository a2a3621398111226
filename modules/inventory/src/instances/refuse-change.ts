import { isDeepStrictEqual } from "node:util";
import { invalid, Refusal } from "@octavo/module-kit";
import { instanceBlockedFields } from "../config/blocked-fields.ts";
import type { StoredInstance } from "../storage/storage-lists.ts";
import type { InstanceRequest } from "./instance-request.ts";
import type { TitlesOfInstance } from "./instance-representation.ts";

/** @param stored with its titles, as a client has seen it
 * @returns 422 where the client may not change what it has changed */
export function refuseInstanceChange(
  stored: StoredInstance & TitlesOfInstance,
  wanted: InstanceRequest,
): Refusal | null {
  const before: Readonly<Record<string, unknown>> = stored;
  const isChanged = (field: string): boolean =>
    !isDeepStrictEqual(meaning(before[field]), meaning(wanted[field]));
  if (stored.source === "MARC" && instanceBlockedFields.some(isChanged)) {
    const message = `Instance is controlled by MARC record, these fields are blocked and can not be updated: ${instanceBlockedFields.join(",")}`;
    return new Refusal(422, [{ message, code: "blocked-fields" }]);
  }
  if ((stored.hrid ?? null) !== (wanted.hrid ?? null)) {
    return invalid("hrid", wanted.hrid ?? null, "HRID can not be updated");
  }
  return null;
}

/** What is null or empty is as if it were not there, at every depth. */
function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(meaning);
  if (value === null || typeof value !== "object") return value ?? undefined;
  const fields = Object.entries(value).map(([name, each]) => [name, meaning(each)] as const);
  return Object.fromEntries(fields.filter(([, each]) => each !== undefined));
}
