import { err, type Result } from "@octavo/result";

/** "file": cannot be read or written; "damaged": not what was written, or no backup; "passphrase": missing or wrong;
 * "unreachable": the database; "refused": it could be done, and would lose something. */
export interface BackupError {
  readonly kind: "file" | "damaged" | "passphrase" | "unreachable" | "refused";
  /** What was tried, why it did not work and what to do. */
  readonly message: string;
}

export function fail(kind: BackupError["kind"], message: string): Result<never, BackupError> {
  return err({ kind, message });
}
