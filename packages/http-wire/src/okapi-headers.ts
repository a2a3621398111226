import { err, ok, type Result } from "@octavo/result";
import type { HeaderList } from "./header-list.ts";

/** What a caller may say about itself; everything else named X-Okapi-... is the gateway's to say (DECISIONS 10). */
export interface OkapiHeaders {
  readonly tenant: string | null;
  readonly token: string | null;
  readonly requestId: string | null;
  readonly moduleId: string | null;
  readonly additionalToken: string | null;
}

const accepted: ReadonlyMap<string, keyof OkapiHeaders> = new Map([
  ["x-okapi-tenant", "tenant"],
  ["x-okapi-token", "token"],
  ["x-okapi-request-id", "requestId"],
  ["x-okapi-module-id", "moduleId"],
  ["x-okapi-additional-token", "additionalToken"],
]);

/** Whether this header claims to be one of Okapi's or of ours, also for a reader that takes every punctuation mark for the
 * same (a CGI environment makes X_OKAPI_TENANT of all of them). */
export function isGatewayHeader(name: string): boolean {
  return beginsWithX(name) && /^x[^a-z0-9](?:okapi|octavo)(?:[^a-z0-9]|$)/i.test(name);
}

export function isAcceptedOkapiHeader(name: string): boolean {
  return fieldOf(name) !== undefined;
}

function fieldOf(name: string): keyof OkapiHeaders | undefined {
  return beginsWithX(name) ? accepted.get(name.toLowerCase()) : undefined;
}

function beginsWithX(name: string): boolean {
  return name.startsWith("x") || name.startsWith("X");
}

export function readOkapiHeaders(headers: HeaderList): Result<OkapiHeaders, string> {
  const found: Record<keyof OkapiHeaders, string | null> = {
    tenant: null,
    token: null,
    requestId: null,
    moduleId: null,
    additionalToken: null,
  };
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const field = fieldOf(headers[at] ?? "");
    if (field === undefined) continue;
    const value = headers[at + 1] ?? "";
    if (found[field] !== null) return err(`There must be one ${canonical[field]} header, not several`);
    if (!/^[ -~]*$/.test(value)) return err(`The ${canonical[field]} header must be ASCII`);
    found[field] = value;
  }
  return ok(found);
}

const canonical: Readonly<Record<keyof OkapiHeaders, string>> = {
  tenant: "X-Okapi-Tenant",
  token: "X-Okapi-Token",
  requestId: "X-Okapi-Request-Id",
  moduleId: "X-Okapi-Module-Id",
  additionalToken: "X-Okapi-Additional-Token",
};
