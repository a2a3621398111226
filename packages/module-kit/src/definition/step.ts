/** A step of a module's tables, as `@octavo/migrations` runs it. Until that package exports its own, all that the kit itself reads. */
export interface Step {
  readonly id: string;
  readonly kind: "expand" | "backfill" | "verify" | "referenceData" | "contract";
}
