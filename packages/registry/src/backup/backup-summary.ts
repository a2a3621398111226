import type { BackupHead } from "./backup-records.ts";

/** What a backup holds. */
export interface BackupSummary {
  /** ISO 8601, by the clock of the database. */
  readonly takenAt: string;
  readonly database: string;
  readonly schemaVersion: number;
  readonly revision: number;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly hasKey: boolean;
}

export function summaryOf(head: BackupHead, rows: Readonly<Record<string, number>>): BackupSummary {
  const { takenAt, database, migrations, revision, key } = head;
  return { takenAt, database, schemaVersion: Math.max(...migrations), revision, rows, hasKey: key !== null };
}
