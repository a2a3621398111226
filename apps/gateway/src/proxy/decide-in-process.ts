import type { Stage } from "@octavo/routing";
import type { AuthDecision } from "./auth-cache.ts";
import type { DataPlane } from "./data-plane.ts";
import type { ModuleRequest } from "./module-request.ts";
import { refuse } from "./refuse.ts";

/** Asks the tenant's authority about every stage: each may require permissions, and each module gets a token of its own.
 * A refusal is answered here, before any filter has seen the request.
 * @returns null where it was refused */
export async function decideInProcess(
  { authority }: DataPlane,
  request: ModuleRequest,
  stages: readonly Stage[],
): Promise<AuthDecision | null> {
  const { snapshot, tenant, head, token } = request;
  const tokens = new Map<string, string | null>();
  let userId: string | null = null;
  let permissions: string | null = null;
  for (const { route } of stages) {
    const decision = await authority.decide({ snapshot, tenant, head, token, route });
    if (decision.kind === "refused") {
      refuse(request, decision.status, decision.message, decision.retryAfterSeconds);
      return null;
    }
    if (route.entry.type !== "redirect") tokens.set(route.module.id, decision.token);
    if (!route.isHandler && userId !== null) continue;
    userId = decision.userId;
    permissions = decision.permissions ?? permissions;
  }
  return { userId, permissions, tokens };
}
