import { listCommand } from "../list-command.ts";

export const tenantList = listCommand({
  path: "tenant list",
  summary: "lists the tenants",
  examples: [
    { line: "tenant list", says: "ordered by id; supertenant is the platform's own" },
    { line: "tenant list --json", says: "for a script" },
  ],
  ask: ({ tenants }) => tenants.list(),
  columns: ["ID", "NAME", "DESCRIPTION"],
  rows: (tenants) => tenants.map(({ id = "", name = "", description = "" }) => [id, name, description]),
  none: "No tenants.",
});
