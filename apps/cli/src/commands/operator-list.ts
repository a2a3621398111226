import { listCommand } from "../list-command.ts";

export const operatorList = listCommand({
  path: "operator list",
  summary: "lists who may use the management API",
  examples: [{ line: "operator list", says: "tokens are not kept, and cannot be shown" }],
  ask: ({ operators }) => operators.list(),
  columns: ["ID", "NAME", "ROLES", "CREATED"],
  rows: (operators) =>
    operators.map(({ id, name, roles, createdAt }) => [id, name, roles.join(","), createdAt]),
  none: "No operators.",
});
