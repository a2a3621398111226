import { listCommand } from "../list-command.ts";

export const keysList = listCommand({
  path: "keys list",
  summary: "lists the public keys that tokens of tenants are verified with",
  examples: [{ line: "keys list", says: "the private ones never leave the database unwrapped" }],
  ask: ({ keys }) => keys.list(),
  columns: ["ID", "ALGORITHM", "PUBLIC KEY"],
  rows: ({ keys }) => keys.map(({ kid, alg, x }) => [kid, alg, x]),
  none: "No keys.",
});
