import { command } from "../command.ts";
import { connect } from "../connection.ts";
import { planOptions, versionFilter } from "../explain-plan.ts";
import { installExits, installOptions, runInstall } from "../run-install.ts";

export const upgrade = command({
  path: "upgrade",
  summary: "moves a tenant to the newest known versions of its modules, and follows it to the end",
  description:
    "The plan is shown first, with a reason for each step, and you are asked. For a release rather than whatever is\n" +
    "newest: octavo install TENANT --file install.json",
  examples: [
    { line: "upgrade demo --dry-run", says: "what it would do" },
    {
      line: "upgrade demo --pre-release false --on-failure undo",
      says: "released versions only; all or nothing",
    },
  ],
  operands: { tenant: { kind: "one", label: "TENANT", help: "id of a tenant" } },
  options: { ...planOptions, ...installOptions },
  exits: installExits,
  run: async ({ operands, options, json }, context) => {
    const filter = versionFilter(options);
    if (!filter.ok) return filter;
    const opened = connect(options, context);
    if (!opened.ok) return opened;
    const connection = opened.value;
    const { tenant: tenantId } = operands;
    return runInstall(
      tenantId,
      { kind: "upgrade", ...filter.value },
      (query, idempotencyKey) => connection.client.tenants.upgrade.start({ tenantId, query, idempotencyKey }),
      options,
      connection,
      context,
      json,
    );
  },
});
