import type { ModuleDatabase } from "@octavo/database";

/** What a module has where the process was given no database: each use of it is an error that says so. */
export function noDatabase(moduleId: string): ModuleDatabase {
  const refuse = async (): Promise<never> => {
    throw new Error(`${moduleId} uses a database, and OCTAVO_DB_URL is not set`);
  };
  return { tx: refuse, read: refuse, home: { tx: refuse, read: refuse } };
}
