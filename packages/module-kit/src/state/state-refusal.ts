/** Why nothing was written.
 * - `changed`: it is not as `ifMatch` says, or is no longer there
 * - `exists`: `ifNoneMatch` was asked for
 * - `full`: the tenant has as many entries as the namespace may have
 * - `too-large`: the value belongs into the object store, its key here
 * - `late`: the lease was lost */
export type StateRefusal =
  | { readonly kind: "changed" | "exists"; readonly key: string }
  | { readonly kind: "full"; readonly namespace: string; readonly mostEntries: number }
  | {
      readonly kind: "too-large";
      readonly key: string;
      readonly sizeBytes: number;
      readonly mostBytes: number;
    }
  | { readonly kind: "late"; readonly lease: string };
