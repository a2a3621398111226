import { defineInterface, defineModule, type ModuleDefinition } from "@octavo/module-kit";
import { compositeRoutes } from "./composite/composite-routes.ts";
import { unwrittenRoutes } from "./composite/unwritten-routes.ts";
import { forgottenRoutes } from "./passwords/forgotten-routes.ts";
import { passwordRoutes } from "./passwords/password-routes.ts";
import { throttleStep } from "./passwords/throttle.ts";
import { permissionSets } from "./permission-sets.ts";
import { signInRoutes } from "./sign-in-routes.ts";
import { transactionRoutes } from "./transactions/transaction-routes.ts";
import { type UsersBlConfig, usersBlVariables } from "./users-bl-config.ts";

/** octavo-users-bl stands for mod-users-bl: what clients want to know of a user, or do with one, that several modules keep. It keeps nothing itself
 * but how often somebody has forgotten something. */
export function usersBlModule(config: UsersBlConfig): ModuleDefinition {
  return defineModule({
    name: "octavo-users-bl",
    version: "1.0.0",
    title: "Users business logic",
    replaces: ["mod-users-bl"],
    requires: { users: "16.1", permissions: "5.6", login: "7.3" },
    // mod-users-bl requires the first four; what nobody provides is told of, or counts as none.
    optional: {
      authtoken: "2.0",
      configuration: "2.0",
      "password-validator": "1.0",
      "request-storage": "6.0",
      "loan-storage": "7.1",
      feesfines: "18.0 19.0",
      "service-points": "3.3",
      "service-points-users": "1.0",
      notify: "2.2",
    },
    env: usersBlVariables,
    steps: [throttleStep],
    interfaces: [
      defineInterface("users-bl", "6.1", [
        ...compositeRoutes,
        ...unwrittenRoutes,
        ...signInRoutes,
        ...transactionRoutes,
        ...forgottenRoutes(config),
        ...passwordRoutes,
      ]),
    ],
    permissionSets,
    foreignPermissions: ["perms.users.get", "perms.users.item.post", "perms.users.item.put"],
  });
}
