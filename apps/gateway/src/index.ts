export {
  type BackupError,
  type BackupSummary,
  backUpPlatform,
  inspectBackup,
  restorePlatform,
} from "./back-up-platform.ts";
export { parseStateSettings, type StateSettings } from "./state-settings.ts";
export { type GatewayConfig, parseGatewayConfig, type StartedBy } from "./config.ts";
export {
  createOperatorInDatabase,
  type CreatedOperator,
  type WantedOperator,
} from "./create-operator-in-database.ts";
export { parseKey as parseOctavoKey } from "@octavo/identity";
export { rewrapKeysInDatabase, rotateKeyInDatabase } from "./keys-in-database.ts";
export type { InDatabaseError } from "./registry-in-database.ts";
export { type DatabaseFacts, inspectDatabase } from "./inspect-database.ts";
export { createLog, type Log, type LogFields } from "./log.ts";
export { type GatewayProcess, runGateway } from "./run-gateway.ts";
export { aborted, listenForStop, type StopRequest } from "./shutdown.ts";
export { type GatewaySurroundings, type RunningGateway, startGateway } from "./start-gateway.ts";
