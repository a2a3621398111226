import type { Migration } from "../migrate.ts";
import { firstTables } from "./0001-first-tables.ts";
import { tenantIdentity } from "./0002-tenant-identity.ts";
import { envRequired } from "./0003-env-required.ts";
import { jobJournal } from "./0004-job-journal.ts";
import { timers } from "./0006-timers.ts";
import { rewind } from "./0007-rewind.ts";
import { instanceVitals } from "./0008-instance-vitals.ts";
import { changeCut } from "./0009-change-cut.ts";

/** In order; a number may be missing until its migration is written. What was released is never edited, only followed: the
 * ledger keeps a checksum of each. One only adds: the version before must be able to run on it until the protocol is raised, and what it
 * still needs goes in a version after that. */
export const allMigrations: readonly Migration[] = [
  firstTables,
  tenantIdentity,
  envRequired,
  jobJournal,
  timers,
  rewind,
  instanceVitals,
  changeCut,
];
