import { createHash } from "node:crypto";

/** Tenants as the gateway has them, modules as a descriptor's product name has them. */
const TENANT = /^[a-z0-9][a-z0-9_-]{0,62}$/u;
const MODULE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u;
/** Of an identifier's 63 bytes six are left for `_owner`. */
const MAX_NAME_BYTES = 57;

/** Schema of one tenant in one module, and name of its runtime role. No two pairs share one: a module has no underscore, and a tenant
 * that has one, or a hyphen, brings a digest, without which "a_b" in "c" would meet "a" in "b-c".
 * @throws Error that says which name is not allowed */
export function schemaName(tenantId: string, moduleName: string): string {
  return bounded(`${tenantName(tenantId)}_${homeSchemaName(moduleName)}`);
}

/** A tenant within a name. */
export function tenantName(tenantId: string): string {
  if (!TENANT.test(tenantId)) {
    throw new Error(
      `${JSON.stringify(tenantId)} cannot be a tenant of a module: use a-z, 0-9, "_" and "-", first a letter or digit`,
    );
  }
  return /[_-]/u.test(tenantId) ? `${underscored(tenantId)}_${digest(tenantId)}` : tenantId;
}

/** Schema of a module in its home database.
 * @throws Error that says which name is not allowed */
export function homeSchemaName(moduleName: string): string {
  if (!MODULE.test(moduleName)) {
    throw new Error(`"${moduleName}" cannot be a module's name: use a-z and 0-9, words joined by one "-"`);
  }
  return bounded(underscored(moduleName));
}

/** Names of databases as placements may have them, which need no quotes anywhere. */
export function isDatabaseName(name: string): boolean {
  return /^[a-z_][a-z0-9_]*$/u.test(name) && name.length <= MAX_NAME_BYTES;
}

export function underscored(name: string): string {
  return name.replaceAll("-", "_");
}

function bounded(name: string): string {
  if (name.length > MAX_NAME_BYTES) {
    throw new Error(
      `"${name}" has ${name.length} bytes, a schema may have ${MAX_NAME_BYTES}: give the tenant a shorter id`,
    );
  }
  return name;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
