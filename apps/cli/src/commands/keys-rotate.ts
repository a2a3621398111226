import { err, ok } from "@octavo/result";
import { command } from "../command.ts";
import { inDatabaseFailure, stateSettings } from "../platform-state.ts";

export const keysRotate = command({
  path: "keys rotate",
  summary: "publishes the next signing key now, before its time",
  description:
    "It signs as soon as every gateway has it and caches of the key set are over. Tokens of the old one count until they\n" +
    "expire; where they must not, end a tenant's tokens (POST /_/octavo/identity/invalidations).\n" +
    "Run it where a gateway's environment is: DATABASE_URL and OCTAVO_KEY, or the data folder of an embedded platform.",
  examples: [{ line: "keys rotate", says: "prints the id of the new key" }],
  operands: {},
  options: {},
  exits: {
    0: "published",
    1: "there is one already that will sign soon, or the key could not be stored",
    2: "the environment is wrong",
    3: "the database cannot be reached",
  },
  run: async ({ json }, context) => {
    const settings = await stateSettings(context.env);
    if (!settings.ok) return settings;
    const { rotateKeyInDatabase } = await import("@octavo/gateway");
    const rotated = await rotateKeyInDatabase(settings.value);
    if (!rotated.ok) return err(inDatabaseFailure(rotated.error));
    context.terminal.print(json ? JSON.stringify({ kid: rotated.value }) : rotated.value);
    return ok(undefined);
  },
});
