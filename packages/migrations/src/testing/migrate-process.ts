import { openDatabases } from "@octavo/database";
import { openMigrator } from "../open-migrator.ts";
import { loansTwo } from "./loans.ts";

/** Migrates one tenant to version 2, and kills itself at once after the event of this number: what comes behind it is never sent. */
const [url = "", adminUrl = "", tenantId = "", killAt = "0"] = process.argv.slice(2);
const databases = await openDatabases({ clusters: { main: { url, adminUrl } } });
const { provisioner } = databases;
if (provisioner === null) throw new Error("an admin URL was given");
let events = 0;
const migrator = openMigrator({
  provisioner,
  instanceId: `killed-${process.pid}`,
  leaseMs: 300,
  batchRows: 400,
  onEvent: () => {
    events += 1;
    if (events === Number(killAt)) process.kill(process.pid, "SIGKILL");
  },
});
const place = databases.place(tenantId, "octavo-loans");
const migrated = await migrator.migrate(place, loansTwo, { from: "octavo-loans-1.0.0" });
await databases.close();
process.exitCode = migrated.ok ? 0 : 1;
process.stdout.write(`${JSON.stringify({ events, migrated })}\n`);
