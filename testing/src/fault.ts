/** What can be done to connections: Toxiproxy's verbs. `towards` is the direction that suffers; both where it is left out.
 * - latency: each piece comes so much later, give or take the jitter; the rate stays
 * - bandwidth: not more than so many bytes a second
 * - slow-close: an end comes so much later
 * - timeout: nothing comes through, and what is sent is held; the connection is closed after a while, or never (null)
 * - reset: the connection is reset (RST) so long after the fault or the connection began
 * - slicer: what is sent comes in pieces of so many bytes, with a pause between
 * - byte-limit: the connection is closed once so many bytes have come through
 * - down: the server is stopped: connections are closed, new ones refused */
export type Fault = { readonly towards?: "server" | "client" } & (
  | { readonly kind: "latency"; readonly ms: number; readonly jitterMs?: number }
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  | { readonly kind: "slow-close"; readonly ms: number }
  | { readonly kind: "timeout"; readonly closesAfterMs: number | null }
  | { readonly kind: "reset"; readonly afterMs: number }
  | { readonly kind: "slicer"; readonly bytes: number; readonly pauseMs: number }
  | { readonly kind: "byte-limit"; readonly bytes: number }
  | { readonly kind: "down" }
);

export type FaultOf<K extends Fault["kind"]> = Extract<Fault, { readonly kind: K }>;
