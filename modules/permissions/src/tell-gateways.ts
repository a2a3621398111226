import { type Calls, type RequestContext, Type } from "@octavo/module-kit";

type Told = { readonly changed: readonly string[] } | { readonly everybody: "changed" };

/** Every gateway reads these users anew before the answer goes out (DECISIONS 6). Where that fails the change stands, and gateways learn of it
 * when what they keep has aged: a minute at most. */
export async function tellGateways(
  calls: Calls,
  context: Pick<RequestContext, "log" | "tenantId">,
  body: Told,
): Promise<void> {
  const told = await calls.send({
    method: "POST",
    path: "/_/octavo/identity/invalidations",
    body,
    answer: Type.Unknown(),
    timeoutMs: 5000,
  });
  if (told.ok || told.error.kind === "no-gateway") return;
  context.log.warn({ because: told.error }, "gateways were not told of changed permissions");
}
