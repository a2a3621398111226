/** What our own change payloads are made of: no numbers beyond small integers, no lossless JSON. */
export type PlainJson =
  | null
  | boolean
  | number
  | string
  | readonly PlainJson[]
  | { readonly [key: string]: PlainJson };

/** JSON with the keys in order and no space: the same text before jsonb and after it, which a hash needs. */
export function canonicalJson(value: PlainJson): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}

/** The first text that PostgreSQL would refuse (U+0000) or silently change (half a surrogate pair), or null. */
export function unstorableText(value: PlainJson): string | null {
  if (typeof value === "string") return value.includes("\0") || !value.isWellFormed() ? value : null;
  if (value === null || typeof value !== "object") return null;
  const items: readonly PlainJson[] = Array.isArray(value)
    ? value
    : [...Object.keys(value), ...Object.values(value)];
  for (const item of items) {
    const found = unstorableText(item);
    if (found !== null) return found;
  }
  return null;
}
