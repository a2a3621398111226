import { type Calls, type RequestContext, Type } from "@octavo/module-kit";

type Told = { readonly changed: readonly string[] } | { readonly ended: readonly string[] };

/** Every gateway forgets these users before the answer goes out (DECISIONS 6). Where that fails the change stands, and gateways learn of it
 * when what they keep has aged: a minute at most. */
export async function tellGateways(
  calls: Calls,
  { log }: Pick<RequestContext, "log">,
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
  log.warn({ because: told.error }, "gateways were not told of a changed user");
}
