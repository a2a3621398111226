/** Where the data of one tenant in one module are. Its roles are named by the schema: `<schema>` may read and write rows, `<schema>_owner`
 * may change the schema (decision 0013). */
export interface Place {
  /** Name of a PostgreSQL server, as the configuration has it. */
  readonly cluster: string;
  readonly database: string;
  /** `<tenant>_<module>` with underscores, at most 57 bytes. */
  readonly schema: string;
}
