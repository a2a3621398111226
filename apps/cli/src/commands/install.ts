import { command } from "../command.ts";
import { connect } from "../connection.ts";
import { planOptions } from "../explain-plan.ts";
import { installRequest, wantedOptions } from "../install-request.ts";
import { installExits, installOptions, runInstall } from "../run-install.ts";

export const install = command({
  path: "install",
  summary: "enables and disables modules of a tenant, with what they need, and follows it to the end",
  description:
    "The plan is shown first, with a reason for each step, and you are asked. What happens is told on stderr, the\n" +
    "outcome on stdout. Ctrl-C leaves the job to the gateways; octavo job watch finds it again.",
  examples: [
    { line: "install demo mod-users", says: "newest known version, and all it needs" },
    {
      line: "install demo --file install.json --yes --parameters loadReference=true",
      says: "a whole release",
    },
    {
      line: "install demo mod-users --export calls.sh",
      says: "the calls, for those who script it themselves",
    },
    { line: "install demo --disable mod-tags-2.2.0 --purge", says: "with the tenant's data" },
  ],
  operands: {
    tenant: { kind: "one", label: "TENANT", help: "id of a tenant" },
    modules: { kind: "any", label: "MODULE", help: "module or product to enable" },
  },
  options: { ...wantedOptions, ...planOptions, ...installOptions },
  exits: installExits,
  run: async ({ operands, options, json }, context) => {
    const opened = connect(options, context);
    if (!opened.ok) return opened;
    const connection = opened.value;
    const request = await installRequest(operands.modules, options, connection, context);
    if (!request.ok) return request;
    const { tenant: tenantId } = operands;
    const body = request.value.modules.map(({ id, action = "enable" }) => ({ id, action }));
    return runInstall(
      tenantId,
      request.value,
      (query, idempotencyKey) =>
        connection.client.tenants.install.start({ tenantId, query, body, idempotencyKey }),
      options,
      connection,
      context,
      json,
    );
  },
});
