export { databaseNamed } from "./file-header.ts";
export { type KeptFiles, keptFilesIn } from "./kept-files.ts";
export { type KeptState, readKeptState, type RefusedFile } from "./read-snapshot-file.ts";
export { SnapshotKeeper, type KeptVitals } from "./snapshot-keeper.ts";
