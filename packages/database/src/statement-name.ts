import { createHash } from "node:crypto";

/** Texts whose names are kept; a module has some hundreds. */
const MAX_KEPT = 5000;
const kept = new Map<string, string>();

/** Name under which a connection prepares a text once. Tenants of one edition share it; after a change of a tenant's tables the edition
 * is another, because the server refuses a plan whose result has changed its shape (0A000). */
export function statementName(text: string, edition: number): string {
  const key = `${edition}\n${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= MAX_KEPT) kept.clear();
  const name = `o${createHash("sha256").update(key).digest("base64url").slice(0, 22)}`;
  kept.set(key, name);
  return name;
}
