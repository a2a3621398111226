import { operatorRoles } from "@octavo/management-api";
import type { Operator } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import type { Caller } from "./caller.ts";
import { claimedOperatorId, isTokenOf } from "./operator-token.ts";

/** Where a credential may stand. A cookie is none here: a browser sends it for whoever asks. */
export interface CredentialHeaders {
  /** X-Okapi-Token */
  readonly token: string | null;
  /** With or without "Bearer", as Okapi takes it. */
  readonly authorization: string | null;
}

/** The operator whose token is OCTAVO_OPERATOR_TOKEN, which may have any form. */
export const environmentOperatorId = "env";

/** Finds out who calls the management API. Other X-Okapi-... headers have no say in it.
 * @returns Okapi's sentence where two different credentials were sent; the status is 400 */
export function findCaller(
  headers: CredentialHeaders,
  operators: ReadonlyMap<string, Operator>,
  mode: "open" | "closed",
): Result<Caller, string> {
  const authorization = withoutScheme(headers.authorization ?? "");
  const token = headers.token ?? "";
  if (token !== "" && authorization !== "" && token !== authorization) {
    return err("Different tokens in Authentication and X-Okapi-Token. Use only one of them");
  }
  if (mode === "open") return ok({ kind: "open-mode" });
  const credential = token === "" ? authorization : token;
  return ok(credential === "" ? { kind: "anonymous" } : callerWith(credential, operators));
}

function callerWith(credential: string, operators: ReadonlyMap<string, Operator>): Caller {
  const claimed = claimedOperatorId(credential);
  // A token in our form may stand in the environment as well.
  for (const id of claimed === null ? [environmentOperatorId] : [claimed, environmentOperatorId]) {
    const operator = operators.get(id);
    if (operator !== undefined && isTokenOf(credential, operator.tokenHash)) return callerOf(operator);
  }
  return {
    kind: "invalid-credential",
    because: "Invalid Token: no operator has it. Was it removed or cut off?",
  };
}

function callerOf({ id, roles }: Operator): Caller {
  return { kind: "operator", operatorId: id, roles: operatorRoles.filter((role) => roles.includes(role)) };
}

function withoutScheme(authorization: string): string {
  return authorization.replace(/^Bearer +/i, "").trim();
}
