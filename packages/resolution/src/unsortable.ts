import { isCompatibleVersion } from "@octavo/descriptor";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { okapiTexts } from "./okapi-texts.ts";
import type { PlanDraft } from "./plan-draft.ts";
import type { PlanStep } from "./plan.ts";
import type { ResolveError } from "./resolve-error.ts";

/** Steps of which each waits for another: the message names them all, the line for people one circle of needs. */
export function unsortable(draft: PlanDraft, left: readonly PlanStep[]): ResolveError {
  const modules = left
    .filter(({ action }) => action === "enable")
    .flatMap(({ id }) => draft.known.get(id) ?? []);
  const circle = circleAmong(modules).map(
    ({ module, interfaceId, provider }) => `${module.id} requires ${interfaceId} of ${provider.id}`,
  );
  return {
    kind: "unsortable",
    message: okapiTexts.unsortable(left.map(({ id }) => id)),
    because: `there is no order in which each module finds what it requires: ${circle.join(", ")}; one of these must be optional`,
  };
}

interface Need {
  readonly module: ModuleDescriptor;
  readonly interfaceId: string;
  readonly provider: ModuleDescriptor;
}

/** Follows needs from module to module until one comes again; what led there is not part of the circle. */
function circleAmong(modules: readonly ModuleDescriptor[]): readonly Need[] {
  const path: Need[] = [];
  let module = modules[0];
  while (module !== undefined) {
    const start = path.findIndex((need) => need.module === module);
    if (start !== -1) return path.slice(start);
    const need = needAmong(module, modules);
    if (need === null) break;
    path.push(need);
    module = need.provider;
  }
  return path;
}

function needAmong(module: ModuleDescriptor, modules: readonly ModuleDescriptor[]): Need | null {
  for (const { id: interfaceId, version } of module.requires) {
    const provider = modules.find((other) =>
      other.provides.some(
        (own) => own.type === "proxy" && own.id === interfaceId && isCompatibleVersion(own.version, version),
      ),
    );
    if (provider !== undefined) return { module, interfaceId, provider };
  }
  return null;
}
