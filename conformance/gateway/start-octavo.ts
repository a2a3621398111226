import { freshDatabase } from "@octavo/testing/fresh-database";
import { spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";

/** A gateway as a process of its own, in open mode on an empty database. */
export async function startOctavo(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const database = await freshDatabase();
  const folder = temporaryFolder();
  const octavo = await spawnOctavo(["gateway"], {
    DATABASE_URL: database.url,
    OCTAVO_DATA_DIR: folder.path,
    OCTAVO_MANAGEMENT_AUTH: "open",
  });
  await octavo.healthy();
  return {
    url: octavo.url,
    async close() {
      await octavo.stop();
      await database.drop();
      folder.remove();
    },
  };
}
