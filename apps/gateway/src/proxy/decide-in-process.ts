import type { Stage } from "@octavo/routing";
import type { AuthDecision } from "./auth-cache.ts";
import type { DataPlane } from "./data-plane.ts";
import { permissionsOfStages } from "./module-permissions.ts";
import type { ModuleRequest } from "./module-request.ts";
import { refuse } from "./refuse.ts";

/** Asks the tenant's authority about every stage: each may require permissions, and each module gets a token of its own.
 * What the stages require and desire is united, so that every module is told the same (Okapi: ProxyService.authHeaders).
 * A refusal is answered here, before any filter has seen the request.
 * @returns null where it was refused */
export async function decideInProcess(
  { authority }: DataPlane,
  request: ModuleRequest,
  stages: readonly Stage[],
): Promise<AuthDecision | null> {
  const { snapshot, tenant, head, token } = request;
  const { extra } = permissionsOfStages(stages, tenant.id, token !== null, false);
  const tokens = new Map<string, string | null>();
  const held: string[] = [];
  let userId: string | null = null;
  for (const { route } of stages) {
    const asked = { snapshot, tenant, head, token, route, extraPermissions: extra };
    const decision = await authority.decide(asked);
    if (decision.kind === "refused") {
      refuse(request, "auth", decision.status, decision.message, decision.retryAfterSeconds);
      return null;
    }
    if (route.entry.type !== "redirect") tokens.set(route.module.id, decision.token);
    if (decision.permissions !== null) held.push(decision.permissions);
    userId = decision.userId;
  }
  return { userId, permissions: united(held), tokens };
}

/** @param lists each a JSON array of texts, as the authority prints it
 * @returns null where nobody looked */
function united(lists: readonly string[]): string | null {
  if (lists.length === 0) return null;
  const all = new Set(lists.flatMap((list) => JSON.parse(list) as string[])); // printed by permissionsHeader
  return JSON.stringify([...all]);
}
