import { err, ok } from "@octavo/result";
import { typedPath } from "../caller-folder.ts";
import { command } from "../command.ts";
import { backupFailure, passphraseOf, passphraseOption, stateSettings } from "../platform-state.ts";

export const restore = command({
  path: "restore",
  summary: "puts a backup into a database, verified: all of it or nothing",
  description:
    "The target is the database of this environment: DATABASE_URL, or the embedded one of the data folder. Before it is\n" +
    "committed, rows, chain of changes, state and keys are checked. Sign-ins of before end, since some may have been\n" +
    "taken back after the backup; --keep-sign-ins is for moving a platform that was stopped before.",
  examples: [
    { line: "restore octavo.backup --dry-run", says: "reads all of it and says what it holds" },
    { line: "restore octavo.backup", says: "into an empty database, or a new data folder" },
    {
      line: "restore octavo.backup --replace",
      says: "what the database holds of Octavo is lost; stop the gateways first",
    },
  ],
  operands: { file: { kind: "one", label: "FILE", help: "written by octavo backup" } },
  options: {
    ...passphraseOption,
    "dry-run": { kind: "flag", help: "only read the file, and say what it holds" },
    replace: { kind: "flag", help: "let a state that is there already be lost" },
    "keep-sign-ins": { kind: "flag", help: "sessions and tokens of before count again" },
    "key-file": {
      kind: "text",
      value: "FILE",
      help: "where the backup's key is written, for OCTAVO_KEY_FILE of the gateways",
    },
  },
  exits: {
    0: "restored",
    1: "refused, or the file is damaged; the database is as it was",
    2: "the environment is wrong, or the passphrase",
    3: "the database cannot be reached",
  },
  run: async ({ operands, options, json }, context) => {
    const { terminal, folder } = context;
    const passphrase = passphraseOf(options, folder);
    if (!passphrase.ok) return passphrase;
    const { inspectBackup, restorePlatform } = await import("@octavo/gateway");
    const path = typedPath(operands.file, folder);
    if (options["dry-run"]) {
      const found = await inspectBackup(path, passphrase.value);
      if (!found.ok) return err(backupFailure(found.error));
      const { takenAt, database, revision, schemaVersion } = found.value;
      terminal.print(
        json
          ? JSON.stringify(found.value, null, 2)
          : `${operands.file} is whole: revision ${revision} of the database ${database}, taken at ${takenAt}, schema version ${schemaVersion}. Nothing was changed.`,
      );
      return ok(undefined);
    }
    const settings = await stateSettings(context.env);
    if (!settings.ok) return settings;
    const keyFile = options["key-file"] === undefined ? null : typedPath(options["key-file"], folder);
    const wanted = {
      path,
      passphrase: passphrase.value,
      replaces: options.replace,
      keepsSignIns: options["keep-sign-ins"],
      keyFile,
    };
    const done = await restorePlatform(settings.value, wanted, (line) => terminal.say(`octavo: ${line}`));
    if (!done.ok) return err(backupFailure(done.error));
    terminal.print(
      json
        ? JSON.stringify(done.value, null, 2)
        : `Restored: revision ${done.value.revision}, as it was at ${done.value.takenAt}.`,
    );
    if (!json && keyFile !== null) terminal.say(`octavo: its key lies in ${options["key-file"]}`);
    return ok(undefined);
  },
});
