import { everybody, operators, orProviders } from "../access.ts";
import { emptyAnswer, jsonAnswer } from "../answers.ts";
import { defineOperation, requiredBody } from "../define-operation.ts";
import { IdentityInvalidations, KeySet } from "../schemas/identity.ts";

export const identityOperations = [
  defineOperation({
    name: "keys.list",
    method: "GET",
    path: "/_/octavo/keys",
    access: everybody,
    summary: "List the public keys that tokens of tenants are signed with, as a JSON Web Key Set",
    answers: [jsonAnswer(200, KeySet, "The keys; Cache-Control says for how long the list may be kept")],
  }),
  defineOperation({
    name: "identity.invalidate",
    method: "POST",
    path: "/_/octavo/identity/invalidations",
    access: orProviders(
      operators("octavo.identity.invalidations.post", "tenant-admin"),
      "users",
      "permissions",
    ),
    summary: "Say whose permissions or record have changed, and whose tokens end, in one batch",
    body: requiredBody(IdentityInvalidations, 256 * 1024),
    answers: [emptyAnswer("Every live gateway learns of it at once")],
    errors: { 400: "The body is wrong, or there is no such tenant" },
  }),
] as const;
