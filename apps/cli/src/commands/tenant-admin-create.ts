import { ok } from "@octavo/result";
import { command } from "../command.ts";
import { connect, connectionExits, connectionOptions } from "../connection.ts";
import { adminPassword } from "../tenant-admin/admin-password.ts";
import { ensureAdmin } from "../tenant-admin/ensure-admin.ts";
import { TenantCalls } from "../tenant-admin/tenant-calls.ts";

export const tenantAdminCreate = command({
  path: "tenant admin create",
  summary: "gives a tenant a first user, with a password and all permissions of its modules",
  description:
    "The tenant needs modules with the interfaces users, permissions and login. The password is that of\n" +
    "OCTAVO_ADMIN_PASSWORD, else one is made and shown, this once. It may be repeated: permissions of modules\n" +
    "that were enabled since are added, and a password that is there stays.",
  examples: [
    { line: "tenant admin create north admin", says: "the password alone goes to stdout" },
    { line: "tenant admin create north admin --json", says: "with the user's id and what was given" },
  ],
  operands: {
    tenant: { kind: "one", label: "TENANT", help: "id of the tenant" },
    user: { kind: "one", label: "USER", help: "name to sign in with" },
  },
  options: { ...connectionOptions },
  exits: {
    0: "the user is there with all permissions",
    1: "a module is missing, or refuses",
    ...connectionExits,
    4: "no operator token was found, or it has not the role tenant-admin",
  },
  run: async ({ operands: { tenant, user }, options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const { password, isGenerated } = adminPassword(context.env);
    const made = await ensureAdmin(new TenantCalls(connection.value, tenant), { username: user, password });
    if (!made.ok) return made;
    const { userId, isNew, given, hasNewPassword } = made.value;
    const isShown = isGenerated && hasNewPassword;
    const { terminal } = context;
    if (json) {
      const shown = {
        tenant,
        username: user,
        userId,
        isNew,
        permissions: given,
        ...(isShown && { password }),
      };
      terminal.print(JSON.stringify(shown, null, 2));
      return ok(undefined);
    }
    if (isShown) terminal.print(password);
    terminal.say(
      `${user} of ${tenant} ${isNew ? "is made" : "was there"}, with ${given.length} more permissions; ${
        hasNewPassword ? "the password is new" : "the password stays"
      }.`,
    );
    if (isShown) terminal.say("The password above is not kept anywhere: store it now.");
    return ok(undefined);
  },
});
