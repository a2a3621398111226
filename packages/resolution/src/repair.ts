import { isCompatibleVersion } from "@octavo/descriptor";
import type { InterfaceUse } from "./enabled-set.ts";
import { findFittingVersion, findProviders } from "./find-candidates.ts";
import type { PlanDraft } from "./plan-draft.ts";
import { incompatible, missing, notConverging, providedTwice, severalProducts } from "./problems.ts";
import type { ResolveError } from "./resolve-error.ts";

/** What one look found: that something was changed, after which everything is looked at again; or what it could not mend. */
type Found = "changed" | readonly ResolveError[];

/** Adds, replaces and takes away modules until every requirement is met and no interface is provided twice, as Okapi's
 * DepResolution: sticky modules stay, others give way, one change a pass. Interfaces are taken in the order of their ids
 * and modules in theirs, where Okapi takes them as its hash maps give them.
 * @returns what could not be mended; empty when all is well */
export function repair(draft: PlanDraft): readonly ResolveError[] {
  const { maxPasses } = draft.rules;
  const mayChange = maxPasses > 0;
  for (let pass = 0; pass < Math.max(maxPasses, 1); pass++) {
    const found = lookOver(draft, mayChange);
    if (found !== "changed") return found;
  }
  return [notConverging(draft, maxPasses)];
}

function lookOver(draft: PlanDraft, mayChange: boolean): Found {
  const interfaces = draft.enabled.troubledInterfaces();
  const problems: ResolveError[] = [];
  for (const mend of [mendProvidedTwice, mendMissing, mendIncompatible]) {
    const found = mend(draft, interfaces, mayChange);
    if (found === "changed") return "changed";
    problems.push(...found);
  }
  return problems;
}

function mendProvidedTwice(draft: PlanDraft, interfaces: readonly string[], mayChange: boolean): Found {
  const problems: ResolveError[] = [];
  for (const interfaceId of interfaces) {
    const providers = draft.enabled.providersOf(interfaceId).map((use) => use.module);
    if (providers.length < 2) continue;
    const loser = providers.find(({ id }) => !draft.sticky.has(id));
    if (mayChange && loser !== undefined) {
      const others = providers.filter((module) => module !== loser);
      const keeps = others.find(({ id }) => draft.sticky.has(id)) ?? others[0] ?? loser;
      draft.disable(loser, { kind: "provided-twice", keeps: keeps.id, interface: interfaceId });
      return "changed";
    }
    problems.push(providedTwice(providers, interfaceId));
  }
  return problems;
}

function mendMissing(draft: PlanDraft, interfaces: readonly string[], mayChange: boolean): Found {
  const problems: ResolveError[] = [];
  for (const interfaceId of interfaces) {
    if (draft.enabled.providersOf(interfaceId).length > 0) continue;
    for (const need of draft.enabled.requirersOf(interfaceId)) {
      if (draft.enabled.isMetByGateway(need.interface)) continue;
      if (mayChange) {
        const [provider, ...others] = findProviders(draft, need.interface);
        if (provider !== undefined && others.length > 0) {
          // Okapi looks no further for what is missing once somebody must choose.
          return [...problems, severalProducts(draft, need, [provider, ...others])];
        }
        if (provider !== undefined) {
          if (draft.sticky.has(need.module.id)) {
            draft.enable(provider, null, requiredBy(need), interfaceId);
          } else {
            const { version } = need.interface;
            draft.disable(need.module, { kind: "requirement-gone", interface: interfaceId, version });
          }
          return "changed";
        }
      }
      problems.push(missing(draft, need));
    }
  }
  return problems;
}

function mendIncompatible(draft: PlanDraft, interfaces: readonly string[], mayChange: boolean): Found {
  const problems: ResolveError[] = [];
  for (const interfaceId of interfaces) {
    const provision = draft.enabled.providersOf(interfaceId)[0];
    if (provision === undefined) continue;
    for (const need of draft.enabled.usersOf(interfaceId)) {
      if (isCompatibleVersion(provision.interface.version, need.interface.version)) continue;
      if (mayChange && !draft.sticky.has(provision.module.id)) {
        const [provider, ...others] = findProviders(draft, need.interface);
        if (provider !== undefined && others.length > 0) {
          return [...problems, severalProducts(draft, need, [provider, ...others])];
        }
        if (provider !== undefined) {
          draft.enable(provider, provision.module, requiredBy(need), interfaceId);
          return "changed";
        }
      }
      if (mayChange && !draft.sticky.has(need.module.id)) {
        moveToProvider(draft, need, provision);
        return "changed";
      }
      problems.push(incompatible(draft, need, provision));
    }
  }
  return problems;
}

/** The module takes a version that gets on with the provider; where there is none, it goes. */
function moveToProvider(draft: PlanDraft, need: InterfaceUse, provision: InterfaceUse): void {
  const { id: interfaceId, version } = need.interface;
  const fitting = findFittingVersion(draft, need.module.product, provision.interface);
  if (fitting !== undefined) {
    draft.enable(
      fitting,
      need.module,
      {
        kind: "fits-provider",
        provider: provision.module.id,
        interface: interfaceId,
        version: provision.interface.version,
      },
      interfaceId,
    );
    return;
  }
  draft.disable(need.module, {
    kind: "incompatible",
    provider: provision.module.id,
    interface: interfaceId,
    version,
    has: provision.interface.version,
  });
}

function requiredBy(need: InterfaceUse) {
  const { id, version } = need.interface;
  return { kind: "required", by: need.module.id, interface: id, version } as const;
}
