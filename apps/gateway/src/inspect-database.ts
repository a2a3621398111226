import { inspectDatabase as lookAt, type DatabaseFacts } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";

export type { DatabaseFacts } from "@octavo/registry";

/** Looks at the database of DATABASE_URL as a gateway would at its start, and changes nothing.
 * @returns in the error: what a gateway would refuse it for, in a sentence without the password */
export async function inspectDatabase(databaseUrl: string): Promise<Result<DatabaseFacts, string>> {
  // This machine's own clock: it is what the server's is compared with.
  const found = await lookAt(databaseUrl, () => new Date().getTime());
  return found.ok ? ok(found.value) : err(found.error.message);
}
