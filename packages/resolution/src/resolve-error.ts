/** Why no plan can be had. `message` is Okapi's text, byte for byte where Okapi has one; `because` says in one line what
 * cannot be had and why, for people. */
export interface ResolveError {
  readonly kind:
    | "module-not-found"
    | "explicitly-given"
    | "already-enabled"
    | "several-products"
    | "missing-interface"
    | "incompatible-interface"
    | "provided-twice"
    | "unsortable"
    | "not-converging";
  readonly message: string;
  readonly because: string;
}
