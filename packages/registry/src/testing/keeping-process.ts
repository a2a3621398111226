import { indexModules } from "@octavo/resolution";
import { keptFilesIn } from "../snapshot-file/kept-files.ts";
import { writeConfirmation, writeSnapshotFile } from "../snapshot-file/write-snapshot-file.ts";
import { nothingYet } from "../snapshot-patch.ts";
import { internalModule, sampleModules } from "./sample-modules.ts";

// Run as a program: keeps one state after the other, as fast as it can, until it is killed.

const [folder = "", key = "", databaseUrl = "", from = "1"] = process.argv.slice(2);
const files = keptFilesIn(folder, Buffer.from(key, "hex"), databaseUrl);
const modules = indexModules([internalModule, ...sampleModules(200, "kept", 10_000)]);
for (let revision = Number(from); ; revision += 1) {
  const snapshot = { ...nothingYet, history: "h", hash: `hash of ${revision}`, revision, modules };
  const writing = { files, program: "0.1.0", atMs: revision };
  await writeSnapshotFile(snapshot, [], internalModule, writing);
  process.stdout.write(`${revision}\n`);
  await writeConfirmation(snapshot, [], writing);
}
