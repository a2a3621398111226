/** What the server does to the next requests that it fits. */
export interface S3Fault {
  /** Only requests whose method and target fit: "PUT", "GET"; part of a target: "partNumber=2". */
  readonly method?: string;
  readonly target?: string;
  /** How many; 1. */
  readonly times?: number;
  readonly does:
    | { readonly kind: "status"; readonly status: number; readonly code: string }
    /** The connection is cut before anything is done. */
    | { readonly kind: "cut" }
    /** It is done, and nobody hears of it. */
    | { readonly kind: "cut-after" }
    /** A bit of the request's body is turned on its way. */
    | { readonly kind: "corrupt" }
    /** Half of the answer's body comes. */
    | { readonly kind: "half-answer" };
}
