import { Type } from "typebox";
import type { Calls } from "../calls/calls.ts";
import type { IdentityChange } from "./identity-change.ts";

/** - `told`: every gateway knows
 * - `pointless`: there is none that keeps what it is told of, or the tenant is no more
 * - `failed`: some may not know; it is to be said again */
export type Telling =
  | { readonly kind: "told" | "pointless" }
  | { readonly kind: "failed"; readonly because: string; readonly mayPassSoon: boolean };

/** Tells all gateways, and asks for an answer when all have it. */
export async function tellGateways(
  calls: Calls,
  change: IdentityChange,
  timeoutMs: number,
): Promise<Telling> {
  const told = await calls.send({
    method: "POST",
    path: "/_/octavo/identity/invalidations",
    query: { wait: "all" },
    body: change,
    answer: Type.Unknown(),
    timeoutMs,
  });
  if (told.ok) return { kind: "told" };
  const { error } = told;
  if (error.kind === "no-gateway") return { kind: "pointless" };
  if (error.kind !== "refused") return { kind: "failed", because: error.message, mayPassSoon: true };
  const { status, text } = error;
  // 404: an Okapi. 400: no such tenant (any longer); what else could be wrong with the body is wrong each time.
  if (status === 404 || status === 400) return { kind: "pointless" };
  return { kind: "failed", because: `${status} ${text}`, mayPassSoon: status >= 500 };
}
