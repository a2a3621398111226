import { err, ok } from "@octavo/result";
import { typedPath } from "../caller-folder.ts";
import { command } from "../command.ts";
import { backupFailure, passphraseOf, passphraseOption, stateSettings } from "../platform-state.ts";

export const backup = command({
  path: "backup",
  summary: "writes the whole state of a platform into one file, while gateways go on",
  description:
    "The file holds the schema octavo at one moment (modules, tenants, discovery, environment, operators, keys, jobs,\n" +
    "sessions, audit) and the key that opens what is secret in it. Data of modules is not in it: that is theirs.\n" +
    "Run it where a gateway's environment is: DATABASE_URL and OCTAVO_KEY, or the data folder of an embedded platform.",
  examples: [
    { line: "backup octavo.backup", says: "readable by this user alone" },
    {
      line: "backup octavo.backup --passphrase-file secret",
      says: "encrypted; of no use without the passphrase",
    },
  ],
  operands: {
    file: { kind: "one", label: "FILE", help: "where it is written; one that is there is replaced" },
  },
  options: {
    ...passphraseOption,
    "without-key": { kind: "flag", help: "leave the key out: whoever restores must have OCTAVO_KEY" },
  },
  exits: {
    0: "written",
    1: "could not be written",
    2: "the environment is wrong, or there is no state",
    3: "the database cannot be reached",
  },
  run: async ({ operands, options, json }, context) => {
    const passphrase = passphraseOf(options, context.folder);
    if (!passphrase.ok) return passphrase;
    const settings = await stateSettings(context.env);
    if (!settings.ok) return settings;
    const { backUpPlatform } = await import("@octavo/gateway");
    const path = typedPath(operands.file, context.folder);
    const { terminal } = context;
    const wanted = { path, passphrase: passphrase.value, includesKey: !options["without-key"] };
    const done = await backUpPlatform(settings.value, wanted, (line) => terminal.say(`octavo: ${line}`));
    if (!done.ok) return err(backupFailure(done.error));
    const { revision, rows, hasKey } = done.value;
    const count = Object.values(rows).reduce((sum, each) => sum + each, 0);
    terminal.print(
      json
        ? JSON.stringify(done.value, null, 2)
        : `${operands.file} holds revision ${revision}: ${count} rows of ${Object.keys(rows).length} tables, ${hasKey ? "and the key" : "without the key"}.`,
    );
    if (!json && hasKey && passphrase.value === null)
      terminal.say(
        "octavo: whoever has this file has the keys of the platform; --passphrase-file encrypts it",
      );
    return ok(undefined);
  },
});
