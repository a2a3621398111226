/** A body without the properties that are null, at any depth: what RMB's modules make of them, and clients of FOLIO send them for fields
 * that they leave empty. Elements of arrays stay: there a null is a mistake.
 * @returns the same value where it has none */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return changed(value, value.map(withoutNulls));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value)
    .filter(([, inner]) => inner !== null)
    .map(([key, inner]) => [key, withoutNulls(inner)] as const);
  const isSame =
    kept.length === Object.keys(value).length &&
    kept.every(([key, inner]) => inner === Reflect.get(value, key));
  return isSame ? value : Object.fromEntries(kept);
}

function changed(value: readonly unknown[], elements: readonly unknown[]): readonly unknown[] {
  return elements.every((element, at) => element === value[at]) ? value : elements;
}
