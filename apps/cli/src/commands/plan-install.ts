import { command } from "../command.ts";
import { connect } from "../connection.ts";
import { explainPlan, planExits, planOptions } from "../explain-plan.ts";
import { installRequest, wantedOptions } from "../install-request.ts";

export const planInstall = command({
  path: "plan install",
  summary: "tells what an install would do for a tenant, with a reason for each step",
  description:
    "Nothing is changed. What the modules need is added; a product without a version is its newest known one.",
  examples: [
    { line: "plan install demo mod-users", says: "newest known version, and all it needs" },
    { line: "plan install demo --file install.json", says: "a whole release, as it is published" },
    { line: "plan install demo --all --json", says: "newest version of every known product, for a script" },
    {
      line: "plan install demo --disable mod-users-19.4.1",
      says: "what goes with a module that is disabled",
    },
  ],
  operands: {
    tenant: { kind: "one", label: "TENANT", help: "id of a tenant" },
    modules: { kind: "any", label: "MODULE", help: "module or product to enable" },
  },
  options: {
    ...wantedOptions,
    ...planOptions,
  },
  exits: planExits,
  run: async ({ operands, options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const request = await installRequest(operands.modules, options, connection.value, context);
    if (!request.ok) return request;
    return explainPlan(operands.tenant, request.value, connection.value, context, json);
  },
});
