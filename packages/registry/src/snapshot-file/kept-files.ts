import { join } from "node:path";
import { databaseNamed, type Ownership } from "./file-header.ts";
import { sealingKeyOf } from "./seal.ts";

/** Where a gateway keeps the state for a start without the database, and which files it takes for its own. */
export interface KeptFiles extends Ownership {
  readonly folder: string;
  readonly newest: string;
  readonly previous: string;
  /** When the newest was last known to be what the database holds. */
  readonly confirmation: string;
}

/** @param octavoKey 32 bytes
 * @param databaseUrl a URL, as DATABASE_URL */
export function keptFilesIn(folder: string, octavoKey: Uint8Array, databaseUrl: string): KeptFiles {
  return {
    folder,
    newest: join(folder, "snapshot"),
    previous: join(folder, "snapshot.previous"),
    confirmation: join(folder, "snapshot.confirmed"),
    key: sealingKeyOf(octavoKey),
    database: databaseNamed(databaseUrl),
  };
}
