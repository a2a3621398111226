import type { Asker, Expected, ExpectedToken, Question } from "./access-model.ts";
import type { Answered } from "./keep-alive-client.ts";
import type { Told } from "./recording-module.ts";

/** One call of the matrix, and what has to come of it. */
export interface Case {
  readonly question: Question;
  readonly asker: Asker;
  /** null for nobody. */
  readonly token: string | null;
  readonly expected: Expected;
}

export function headersOf({ question, token }: Case): Record<string, string> {
  return {
    "X-Okapi-Tenant": question.tenantId,
    ...(token === null ? {} : { "X-Okapi-Token": token }),
    ...(question.moduleId === null ? {} : { "X-Okapi-Module-Id": question.moduleId }),
  };
}

/** @returns null where the answer is as expected, else what differs */
export function complaintOf({ expected, question, token }: Case, answer: Answered): string | null {
  const { method, path, moduleId } = question;
  const name = `${method} ${path}${moduleId === null ? "" : ` of ${moduleId}`}`;
  if (expected.kind === "refused") {
    const isRight = answer.status === expected.status && answer.text === expected.text;
    return isRight
      ? null
      : `${name}: ${answer.status} ${answer.text.slice(0, 200)}, not ${expected.status} ${expected.text}`;
  }
  if (answer.status !== 200)
    return `${name}: ${answer.status} ${answer.text.slice(0, 200)}, not ${expected.moduleId}`;
  const told = JSON.parse(answer.text) as Told; // the recording module's answer
  const got = {
    moduleId: told.moduleId,
    target: told.target,
    tenantId: told.tenantId,
    userId: told.userId,
    permissions: [...(told.permissions ?? ["nothing was said"])].sort(),
    token: kindOf(told.token, token),
  };
  const wanted = {
    moduleId: expected.moduleId,
    target: path,
    tenantId: question.tenantId,
    userId: expected.userId,
    permissions: expected.permissions,
    token: wantedToken(expected, question),
  };
  const [isText, wantedText] = [JSON.stringify(got), JSON.stringify(wanted)];
  return isText === wantedText ? null : `${name}: ${isText}, not ${wantedText}`;
}

/** A token in the words of the model, with what the gateway signed into it. */
function kindOf(told: string | null, own: string | null): unknown {
  if (told === null) return null;
  if (told === own) return { kind: "callers-own" };
  const claims = claimsOf(told);
  if (claims["type"] === "anonymous") return { kind: "anonymous", tenant: claims["tenant"] };
  return {
    kind: claims["type"],
    extraPermissions: claims["extra_permissions"],
    tenant: claims["tenant"],
    module: claims["module"],
    userId: claims["user_id"] ?? null,
  };
}

function wantedToken(
  {
    token,
    moduleId,
    userId,
  }: { readonly token: ExpectedToken; readonly moduleId: string; readonly userId: string | null },
  { tenantId }: Question,
): unknown {
  switch (token.kind) {
    case "callers-own":
      return token;
    case "anonymous":
      return { ...token, tenant: tenantId };
    case "module":
      return { ...token, tenant: tenantId, module: moduleId, userId };
  }
}

export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
  return JSON.parse(payload) as Record<string, unknown>; // claims are an object
}
