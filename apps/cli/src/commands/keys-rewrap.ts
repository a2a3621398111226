import { err, ok } from "@octavo/result";
import { typedPath } from "../caller-folder.ts";
import { command } from "../command.ts";
import { failure } from "../exit-codes.ts";
import { plainly } from "../find-credential.ts";
import { inDatabaseFailure, stateSettings } from "../platform-state.ts";
import { readText } from "../read-json-file.ts";

export const keysRewrap = command({
  path: "keys rewrap",
  summary: "changes OCTAVO_KEY: what it wraps in the database is wrapped by a new one",
  description:
    "Gateways that run go on; from their next start on they need the new key. Start them one after the other soon: until\n" +
    "then a signing key that one side publishes cannot be opened by the other. An embedded platform's key file is replaced.\n" +
    "Run it where a gateway's environment is, with the old key: DATABASE_URL and OCTAVO_KEY, or the data folder.",
  examples: [
    {
      line: "keys rewrap --new-key-file new-key",
      says: "make one with: openssl rand -base64 32 > new-key",
    },
  ],
  operands: {},
  options: {
    "new-key-file": { kind: "text", value: "FILE", help: "32 bytes in base64 or hexadecimal" },
  },
  exits: {
    0: "everything is wrapped by the new key",
    1: "nothing was changed: the old key does not open what is stored",
    2: "the environment or the new key is wrong",
    3: "the database cannot be reached",
  },
  run: async ({ options, json }, context) => {
    const named = options["new-key-file"];
    if (named === undefined) {
      return err(failure(2, "--new-key-file is missing", "make one: openssl rand -base64 32 > new-key"));
    }
    const text = readText(typedPath(named, context.folder));
    if (!text.ok) return err(failure(2, `cannot read ${named}: ${plainly(text.error)}`));
    const { parseOctavoKey, rewrapKeysInDatabase } = await import("@octavo/gateway");
    const newKey = parseOctavoKey(text.value);
    if (newKey === null) return err(failure(2, `${named} holds no key: 32 bytes in base64 or hexadecimal`));
    const settings = await stateSettings(context.env);
    if (!settings.ok) return settings;
    const done = await rewrapKeysInDatabase(settings.value, newKey);
    if (!done.ok) return err(inDatabaseFailure(done.error));
    const { terminal } = context;
    const count = done.value;
    terminal.print(
      json
        ? JSON.stringify({ rewrapped: count })
        : `${count} ${count === 1 ? "key was" : "keys were"} wrapped anew. Start every gateway with the new OCTAVO_KEY now.`,
    );
    return ok(undefined);
  },
});
