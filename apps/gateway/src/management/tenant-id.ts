import { ok, type Result } from "@octavo/result";

const maxLength = 31;

/** Checks the id of a new tenant, with Okapi's sentences (TenantValidator; TC decision ADR-000002). */
export function checkTenantId(id: string): Result<string, string> {
  if (/^[a-z][a-z0-9]{0,30}$/u.test(id)) return ok(id);
  return { ok: false, error: whatIsWrong(id) };
}

function whatIsWrong(id: string): string {
  if (id.includes("_")) return `Tenant id must not contain underscore: ${id}`;
  if (id.includes("-")) return `Tenant id must not contain minus: ${id}`;
  if (id.length > maxLength) return `Tenant id must not exceed 31 characters: ${id}`;
  // Okapi's pattern matches one digit alone; the sentence is meant for every id that begins with one.
  if (/^[0-9]/u.test(id)) return `Tenant id must not start with a digit: ${id}`;
  return `Invalid tenant id, may only contain a-z and 0-9 and must match [a-z][a-z0-9]{0,30} but it is ${id}`;
}

/** The id of a tenant that was posted without one: "t" and hexadecimal digits, as long as an id may be. */
export function tenantIdFrom(uuid: string): string {
  return `t${uuid.replaceAll("-", "")}`.slice(0, maxLength);
}

/** Ids that older platforms gave ("lib_bee"). They can be put, so that such a tenant can be moved here, but not posted. */
export function isLegacyTenantId(id: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{0,62}$/u.test(id);
}
