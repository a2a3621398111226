import { invalid, type ReadTransaction } from "@octavo/module-kit";
import { expandPermissions } from "./expand-permissions.ts";

/** A set that a user makes does not contain itself, nor by way of others. (What modules announce is taken as it comes; expansion ends there.)
 * @throws Refusal 422 */
export async function checkNoCircle(
  tx: ReadTransaction,
  permissionName: string,
  subPermissions: readonly string[],
): Promise<void> {
  const contained = await expandPermissions(tx, subPermissions);
  if (!contained.includes(permissionName)) return;
  throw invalid(
    "subPermissions",
    permissionName,
    `Permission set ${permissionName} would contain itself. Take out what contains it`,
  );
}
