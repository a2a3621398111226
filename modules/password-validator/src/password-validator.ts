import {
  collections,
  defineInterface,
  defineModule,
  type ModuleDefinition,
  referenceData,
  Refusal,
  route,
  sql,
  Type,
} from "@octavo/module-kit";
import { brokenRules } from "./check-password.ts";
import { ruleRoutes } from "./rule-routes.ts";
import { type Rule, rules } from "./rules.ts";
import { shippedRules } from "./shipped-rules.ts";

/** Where it is asked unless told; the list is Have I Been Pwned's. */
export const PWNED_PASSWORDS_URL = "https://api.pwnedpasswords.com";

const User = Type.Object({ username: Type.Optional(Type.String()) }, { additionalProperties: true });

/** octavo-password-validator stands for mod-password-validator.
 * @param pwnedUrl null: no password is looked for among those that have leaked */
export function passwordValidatorModule(pwnedUrl: string | null): ModuleDefinition {
  const validate = route({
    method: "POST",
    path: "/password/validate",
    summary: "Says which rules a new password of a user breaks",
    permissionsRequired: ["validation.validate.post"],
    modulePermissions: ["login.password.validate", "users.item.get"],
    // Expressions are a tenant's own: what they are asked of is short.
    body: Type.Object(
      { password: Type.String({ maxLength: 1000 }), userId: Type.String() },
      { additionalProperties: false },
    ),
    answers: {
      200: Type.Object({ result: Type.String(), messages: Type.Array(Type.String()) }),
    },
    handle: async ({ body, calls, context, db }) => {
      const path = `/users/${encodeURIComponent(body.userId)}`;
      const user = await calls.send({ method: "GET", path, answer: User });
      if (!user.ok) return noUser(body.userId, user.error);
      const enabled = await db.read((tx) =>
        tx.rows<{ rule: string }>(sql`
          select jsonb::text as rule from validation_rules
          where jsonb ->> 'state' = 'Enabled' order by (jsonb ->> 'orderNo')::integer, id`),
      );
      const messages = await brokenRules(
        { ...body, username: user.value.body.username ?? "" },
        enabled.map(({ rule }) => JSON.parse(rule) as Rule), // as: nothing else is stored
        { calls, log: context.log, pwnedUrl },
      );
      return { status: 200, body: { result: messages.length === 0 ? "valid" : "invalid", messages } };
    },
  });
  return defineModule({
    name: "octavo-password-validator",
    version: "1.0.0",
    title: "Password validator",
    replaces: ["mod-password-validator"],
    requires: { users: "16.1", login: "7.3" },
    env: [
      {
        name: "OCTAVO_PWNED_PASSWORDS_URL",
        value: PWNED_PASSWORDS_URL,
        description:
          "where octavo-password-validator asks for leaked passwords, by five digits of a hash; off: nowhere",
      },
    ],
    parts: [collections(rules)],
    steps: [referenceData("rules that everybody has", { table: "validation_rules", rows: shippedRules })],
    interfaces: [defineInterface("password-validator", "1.0", [validate, ...ruleRoutes])],
    permissionSets: [
      {
        permissionName: "validation.all",
        displayName: "password validator module - all permissions",
        description: "All permissions for password validation",
        subPermissions: [validate, ...ruleRoutes].flatMap(({ permissionsRequired }) => permissionsRequired),
      },
    ],
  });
}

function noUser(userId: string, error: { readonly kind: string; readonly status?: number }): Refusal {
  const isUnknown = error.kind === "refused" && (error.status === 404 || error.status === 400);
  if (!isUnknown)
    return new Refusal(503, [{ message: "Users cannot be read at this moment" }], { "retry-after": "2" });
  const parameters = [{ key: "userId", value: userId }];
  return new Refusal(404, [{ message: "User with given id not found", type: "-2", parameters }]);
}
