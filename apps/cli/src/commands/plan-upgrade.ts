import { command } from "../command.ts";
import { connect } from "../connection.ts";
import { explainPlan, planExits, planOptions, versionFilter } from "../explain-plan.ts";

export const planUpgrade = command({
  path: "plan upgrade",
  summary: "tells what moving a tenant to the newest known versions would do, with a reason for each step",
  description: "Nothing is changed.",
  examples: [
    { line: "plan upgrade demo", says: "every enabled module to its newest known version" },
    { line: "plan upgrade demo --pre-release false --npm-snapshot false", says: "released versions only" },
  ],
  operands: { tenant: { kind: "one", label: "TENANT", help: "id of a tenant" } },
  options: planOptions,
  exits: planExits,
  run: async ({ operands, options, json }, context) => {
    const filter = versionFilter(options);
    if (!filter.ok) return filter;
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    return explainPlan(
      operands.tenant,
      { kind: "upgrade", ...filter.value },
      connection.value,
      context,
      json,
    );
  },
});
