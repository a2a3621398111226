/** The content of a backup, one JSON value a line: `BackupHead`, then for each table `TableHead` and its rows, then
 * `BackupEnd`. A value of a column is what PostgreSQL prints for it, so that it reads back as the very same. */
export interface BackupHead {
  readonly backup: 1;
  /** ISO 8601, by the clock of the database. */
  readonly takenAt: string;
  readonly database: string;
  /** Those that the schema octavo had seen, by number. */
  readonly migrations: readonly number[];
  readonly revision: number;
  readonly hash: string;
  /** OCTAVO_KEY in base64, without which nothing secret in the tables can be read; null where it was left out. */
  readonly key: string | null;
}

export interface TableHead {
  readonly table: string;
  readonly columns: readonly Column[];
}

export interface Column {
  readonly name: string;
  /** As PostgreSQL names it: "text", "timestamp with time zone", "text[]". */
  readonly type: string;
}

export type Row = readonly (string | null)[];

export interface BackupEnd {
  readonly end: {
    readonly rows: Readonly<Record<string, number>>;
    /** Of all lines before this one, each with its line feed. */
    readonly sha256: string;
  };
}
