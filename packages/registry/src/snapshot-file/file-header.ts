import { err, ok, type Result } from "@octavo/result";
import type { Position } from "../apply-changes.ts";
import type { SealingKey } from "./seal.ts";

/** Raised with every change of what the lines say: a program reads its own version only, and makes a new file as soon as
 * it has the database. */
export const FORMAT_VERSION = 1;

/** First line of a file: whose it is, and of when. */
export interface FileHeader {
  readonly kind: "octavo-snapshot" | "octavo-confirmation";
  readonly version: number;
  readonly keyId: string;
  /** Host, port and name, as in DATABASE_URL: a state of one platform must not be another's. */
  readonly database: string;
  /** Version of the gateway that wrote it, for people. */
  readonly program: string;
  readonly position: Position;
  /** By the database's clock, in milliseconds. */
  readonly atMs: number;
}

/** Which files a gateway takes for its own. */
export interface Ownership {
  readonly key: SealingKey;
  readonly database: string;
}

/** Before the seal is looked at: a file of another key or version is told from one that was changed.
 * @param text the first line */
export function readHeader(
  text: string,
  kind: FileHeader["kind"],
  { key, database }: Ownership,
): Result<FileHeader, string> {
  let header: Partial<FileHeader>;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each field is looked at below
    header = JSON.parse(text) as Partial<FileHeader>;
  } catch {
    return err("its first line cannot be read");
  }
  if (header.kind !== kind) return err("it is no such file");
  if (header.version !== FORMAT_VERSION) {
    return err(
      `gateway ${header.program} wrote it in version ${header.version} of its form, and this gateway reads version ` +
        `${FORMAT_VERSION}: start that one, or wait for the database`,
    );
  }
  if (header.keyId !== key.id) return err("it was written under another OCTAVO_KEY");
  if (header.database !== database) {
    return err(`it is of the database ${header.database}, and DATABASE_URL names ${database}`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of our version, and sealed under our key
  return ok(header as FileHeader);
}

/** What DATABASE_URL names, without the credentials. */
export function databaseNamed(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
