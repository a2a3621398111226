import type { Command } from "./command.ts";
import { backup } from "./commands/backup.ts";
import { clusterFinalize } from "./commands/cluster-finalize.ts";
import { clusterAcknowledge, clusterPropose, clusterRewinds } from "./commands/cluster-rewinds.ts";
import { clusterStatus } from "./commands/cluster-status.ts";
import { discoveryList } from "./commands/discovery-list.ts";
import { discoveryRegister } from "./commands/discovery-register.ts";
import { doctor } from "./commands/doctor.ts";
import { gateway } from "./commands/gateway.ts";
import { helpCommand } from "./commands/help.ts";
import { importOkapi } from "./commands/import-okapi.ts";
import { install } from "./commands/install.ts";
import { jobCancel, jobFail, jobResume, jobRetry } from "./commands/job-answer.ts";
import { jobList } from "./commands/job-list.ts";
import { jobShow } from "./commands/job-show.ts";
import { jobWatch } from "./commands/job-watch.ts";
import { keysList } from "./commands/keys-list.ts";
import { keysRewrap } from "./commands/keys-rewrap.ts";
import { keysRotate } from "./commands/keys-rotate.ts";
import { moduleImport } from "./commands/module-import.ts";
import { moduleList } from "./commands/module-list.ts";
import { moduleNew } from "./commands/module-new.ts";
import { moduleRun } from "./commands/module-run.ts";
import { moduleShow } from "./commands/module-show.ts";
import { operatorCreate } from "./commands/operator-create.ts";
import { operatorDelete } from "./commands/operator-delete.ts";
import { operatorList } from "./commands/operator-list.ts";
import { planInstall } from "./commands/plan-install.ts";
import { planUpgrade } from "./commands/plan-upgrade.ts";
import { restore } from "./commands/restore.ts";
import { tenantAdminCreate } from "./commands/tenant-admin-create.ts";
import { tenantCreate } from "./commands/tenant-create.ts";
import { tenantList } from "./commands/tenant-list.ts";
import { timerPause, timerResume, timerRun } from "./commands/timer-change.ts";
import { timerList } from "./commands/timer-list.ts";
import { timerShow } from "./commands/timer-show.ts";
import { upgrade } from "./commands/upgrade.ts";
import { verify } from "./commands/verify.ts";
import { up } from "./commands/up.ts";

/** Every command, in the order of the first help page. */
export const commands: readonly Command[] = [
  up,
  gateway,
  doctor,
  moduleImport,
  moduleList,
  moduleShow,
  moduleRun,
  moduleNew,
  tenantCreate,
  tenantList,
  tenantAdminCreate,
  planInstall,
  planUpgrade,
  install,
  upgrade,
  jobList,
  jobShow,
  jobWatch,
  jobResume,
  jobRetry,
  jobFail,
  jobCancel,
  discoveryRegister,
  discoveryList,
  timerList,
  timerShow,
  timerPause,
  timerResume,
  timerRun,
  operatorCreate,
  operatorList,
  operatorDelete,
  keysList,
  keysRotate,
  keysRewrap,
  clusterStatus,
  clusterFinalize,
  clusterRewinds,
  clusterAcknowledge,
  clusterPropose,
  importOkapi,
  backup,
  restore,
  verify,
  helpCommand(() => commands),
];
