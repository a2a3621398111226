import { Refusal, type Route, route } from "@octavo/module-kit";

/** In the descriptor of mod-users-bl, and behind it nothing: neither its RAML nor its code has them. They are here so that a client is told so. */
export const unwrittenRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/bl-users",
    summary: "Says that users are made one module at a time",
    permissionsRequired: ["users-bl.item.post"],
    permissionsDesired: ["perms.users.item.post"],
    modulePermissions: ["users.item.post", "perms.users.item.post", "login.item.post"],
    answers: { 201: null },
    handle: () => unwritten("POST /users, POST /authn/credentials and POST /perms/users"),
  }),
  route({
    method: "PUT",
    path: "/bl-users/{id}",
    summary: "Says that users are changed one module at a time",
    permissionsRequired: ["users-bl.item.put"],
    permissionsDesired: ["perms.users.item.put"],
    modulePermissions: ["users.item.put", "perms.users.item.put"],
    answers: { 204: null },
    handle: () => unwritten("PUT /users/{id} and PUT /perms/users/{id}"),
  }),
];

function unwritten(instead: string): Refusal {
  const message = `No version of users-bl does this, whatever its descriptor says; use ${instead}`;
  return new Refusal(501, [{ message, code: "not-implemented" }]);
}
