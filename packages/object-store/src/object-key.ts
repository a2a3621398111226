/** `tenant/module/purpose/yyyy/mm/dd/uuid`: where an object is. Made by us alone; nothing in it comes from a client's file name. */
export type ObjectKey = string & { readonly __brand: "ObjectKey" };

/** Whose objects, and what for. */
export interface ObjectOwner {
  readonly tenantId: string;
  readonly module: string;
  /** What the objects are: "import-files". Letters, digits and hyphens, at most 40. */
  readonly purpose: string;
}

const KEY = new RegExp(
  [
    "[a-z0-9][a-z0-9_-]{0,62}", // tenant
    "[a-z0-9][a-z0-9_.-]{0,62}", // module
    "[a-z0-9][a-z0-9-]{0,39}", // purpose
    "\\d{4}/(?:0[1-9]|1[0-2])/(?:0[1-9]|[12]\\d|3[01])",
    "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  ]
    .map((part) => `(?:${part})`)
    .join("/")
    .replace(/^/u, "^")
    .replace(/$/u, "$"),
  "u",
);

/** @param at the day of the key; a sweeper and a person find what is old by it
 * @param uuid a random one; lower case
 * @throws Error where the owner's names do not fit, which is a mistake in a module */
export function makeObjectKey(owner: ObjectOwner, at: Date, uuid: string): ObjectKey {
  const day = at.toISOString().slice(0, 10).replaceAll("-", "/");
  const text = `${owner.tenantId}/${owner.module}/${owner.purpose}/${day}/${uuid}`;
  const key = parseObjectKey(text);
  if (key === null) throw new Error(`no key of an object can be made of ${text}`);
  return key;
}

/** Null for everything that `makeObjectKey` does not make: no dots for folders, no empty parts, no other characters. */
export function parseObjectKey(text: string): ObjectKey | null {
  return KEY.test(text) ? (text as ObjectKey) : null; // its form was just checked
}

/** What all keys of a tenant, of a module in it, or of one purpose begin with: the argument of `list`. */
export function keyPrefix(owner: Pick<ObjectOwner, "tenantId"> & Partial<ObjectOwner>): string {
  const { tenantId, module, purpose } = owner;
  return [tenantId, module, purpose].filter((part) => part !== undefined).join("/") + "/";
}
