export { backUp, type BackupOptions } from "./back-up.ts";
export type { BackupSummary } from "./backup-summary.ts";
export type { BackupError } from "./backup-error.ts";
export {
  inspectBackup,
  restoreBackup,
  type Restored,
  type RestoreOptions,
  type WrappedSecret,
} from "./restore.ts";
