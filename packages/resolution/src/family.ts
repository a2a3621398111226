/** Whose product a module is. Both families provide FOLIO's interfaces, so one of them must be chosen. */
export type Family = "octavo" | "folio";

export function familyOf(product: string): Family {
  return product.startsWith("octavo-") ? "octavo" : "folio";
}
