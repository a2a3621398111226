import { randomUUID } from "node:crypto";
import { inspectDatabase, openRegistry, type DatabaseFacts, type Registry } from "@octavo/registry";
import { err, type Result } from "@octavo/result";
import { databaseUrlOf } from "./config.ts";
import { internalModule } from "./internal-module.ts";

/** "unreachable": nothing could be asked, or written for certain; "refused": it could, and will not do. */
export interface InDatabaseError {
  readonly kind: "unreachable" | "refused";
  /** What is wrong and what to do about it, without the password. */
  readonly message: string;
}

/** The state of a platform for a command that works on it without a gateway. Running gateways follow what it writes within a
 * second. It makes no schema and changes none: a wrong URL must not become a platform.
 * @param commandName for whoever looks into the database meanwhile */
export async function openRegistryInDatabase(
  databaseUrl: string,
  commandName: string,
): Promise<Result<Registry, InDatabaseError>> {
  const url = databaseUrlOf(databaseUrl);
  if (!url.ok) return refused(`the URL of the database ${url.error}`);
  const found = await inspectDatabase(url.value, () => new Date().getTime());
  if (!found.ok) {
    const { kind, message } = found.error;
    return err({ kind: kind === "unreachable" ? "unreachable" : "refused", message });
  }
  const unfit = whyUnfit(found.value);
  if (unfit !== null) return refused(unfit);
  const opened = await openRegistry({
    connectionString: url.value,
    instance: { id: randomUUID(), name: commandName, url: "", version: "" },
    internalModule: internalModule(),
    log: () => undefined,
    isListening: false,
  });
  return opened.ok ? opened : refused(opened.error.message);
}

function whyUnfit({ name, isReadOnly, schema: { version, newestKnown } }: DatabaseFacts): string | null {
  if (isReadOnly) return `the database ${name} takes no writes: name the primary server, not a standby`;
  if (version === null) {
    return `the database ${name} holds no state of Octavo: check the URL, or start a gateway on it first`;
  }
  if (version < newestKnown) {
    return `the schema octavo has version ${version}, this program knows ${newestKnown}: use the program of the running gateways, or upgrade them first`;
  }
  return null; // openRegistry has a sentence for a newer one
}

export function refused(message: string): Result<never, InDatabaseError> {
  return err({ kind: "refused", message });
}
