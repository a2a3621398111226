import { collections, defineInterface, defineModule, type ModuleDefinition } from "@octavo/module-kit";
import { attemptSteps } from "./attempts.ts";
import { credentialRoutes } from "./credential-routes.ts";
import { logEventRoutes } from "./log-event-routes.ts";
import type { LoginConfig } from "./login-config.ts";
import { loginVariables } from "./login-variables.ts";
import { passwordRoutes } from "./password-routes.ts";
import { passwordWork } from "./password-work.ts";
import { credentials, formerCredentials, logEvents, passwordActions } from "./records.ts";
import { sessionRoutes } from "./session-routes.ts";
import { signInRoutes } from "./sign-in-routes.ts";

/** octavo-login stands for mod-login: passwords, sign-in, sessions, lock-out. Tokens are the gateway's. */
export function loginModule(config: LoginConfig): ModuleDefinition {
  const parts = { config, passwords: passwordWork(config) };
  const routes = [
    ...signInRoutes(parts),
    ...sessionRoutes(config.sameSite),
    ...credentialRoutes(parts.passwords),
    ...passwordRoutes(parts),
    ...logEventRoutes(config.lockOut),
  ];
  const permissions = routes.flatMap(({ permissionsRequired }) => permissionsRequired);
  return defineModule({
    name: "octavo-login",
    version: "1.0.0",
    title: "Login",
    replaces: ["mod-login"],
    requires: { users: "15.4 16.0", "user-tenants": "1.0" },
    optional: {
      configuration: "2.0",
      authtoken: "2.0",
      authtoken2: "1.0",
    },
    env: loginVariables,
    parts: [collections(credentials, formerCredentials, passwordActions, logEvents)],
    steps: attemptSteps,
    interfaces: [defineInterface("login", "7.3", routes)],
    permissionSets: [
      {
        permissionName: "login.all",
        displayName: "login credentials",
        description: "All permissions for login credentials",
        // Twice there as well.
        subPermissions: [...permissions, "login.password.validate"],
      },
    ],
  });
}
