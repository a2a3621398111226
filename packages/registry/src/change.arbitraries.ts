import fc from "fast-check";
import { applyChanges } from "./apply-changes.ts";
import type { Change } from "./change.ts";
import type { Snapshot } from "./snapshot.ts";
import { sampleModule } from "./testing/sample-modules.ts";

const moduleIds = [
  "mod-a-1.0.0",
  "mod-a-1.10.0",
  "mod-a-1.9.0",
  "mod-b-2.0.0",
  "mod-b-2.0.0-SNAPSHOT.1",
  "edge-c-0.1.0",
];
const tenantIds = ["diku", "north", "supertenant"];

/** What somebody asks for; `changesFor` makes of it what the state allows. */
export interface Wish {
  readonly kind: "module" | "tenant" | "enable" | "instance" | "env" | "operator" | "key" | "identity";
  readonly id: string;
  readonly other: string;
  readonly text: string;
  readonly isRemoval: boolean;
}

const anyText = fc.oneof(
  fc.constantFrom("", "'", "\\", "\u2028", "__proto__"),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);

export const anyWish: fc.Arbitrary<Wish> = fc.record({
  kind: fc.constantFrom("module", "tenant", "enable", "instance", "env", "operator", "key", "identity"),
  id: fc.constantFrom(...moduleIds),
  other: fc.constantFrom(...tenantIds),
  text: anyText.map((text) => text.replaceAll("\0", "")),
  isRemoval: fc.boolean(),
});

/** Changes that this snapshot can take: a wish that it cannot is turned into its opposite, or into nothing. */
function changesFor(snapshot: Snapshot, { kind, id, other, text, isRemoval }: Wish): readonly Change[] {
  switch (kind) {
    case "module": {
      if (!snapshot.modules.has(id)) return [{ kind: "module.added", module: sampleModule(id, text.length) }];
      const isEnabled = [...snapshot.tenants.values()].some(({ enabled }) => enabled.includes(id));
      if (isEnabled) return [];
      const removed: Change = { kind: "module.removed", moduleId: id };
      return isRemoval
        ? [removed]
        : [removed, { kind: "module.added", module: sampleModule(id, text.length) }];
    }
    case "tenant":
      if (isRemoval && snapshot.tenants.has(other)) return [{ kind: "tenant.removed", tenantId: other }];
      return [{ kind: "tenant.put", tenant: { id: other, name: text, description: null } }];
    case "enable": {
      if (!snapshot.modules.has(id) || !snapshot.tenants.has(other)) return [];
      const change = isRemoval ? { enable: [], disable: [id] } : { enable: [id], disable: [] };
      return [{ kind: "tenant.modules", tenantId: other, ...change }];
    }
    case "instance": {
      const instanceId = other;
      const isThere =
        snapshot.discovery.get(id)?.some((instance) => instance.instanceId === instanceId) === true;
      if (isThere) return [{ kind: "instance.deregistered", moduleId: id, instanceId }];
      const instance = {
        instanceId,
        moduleId: id,
        url: text,
        nodeId: null,
        descriptor: isRemoval ? null : "{}",
      };
      return [{ kind: "instance.registered", instance }];
    }
    case "env":
      if (isRemoval) return snapshot.env.has(other) ? [{ kind: "env.removed", name: other }] : [];
      return [
        {
          kind: "env.put",
          entry: { name: other, value: text, description: null, required: trileanOf(text) },
        },
      ];
    case "key": {
      if (isRemoval) return snapshot.signingKeys.has(id) ? [{ kind: "signing-key.removed", kid: id }] : [];
      const dates = { knownToAllAt: null, signingAt: text.length, supersededAt: null, retiredAt: null };
      const key = { kid: id, x: other, tenantId: null, publishedAt: 1_700_000_000_123, ...dates };
      return [{ kind: "signing-key.put", key }];
    }
    case "identity": {
      if (!snapshot.tenants.has(other)) return [];
      const everybody = isRemoval ? (text.length > 4 ? "ended" : "changed") : "untouched";
      const users = { changed: [id, text], ended: isRemoval ? [id] : [] };
      // Days apart, so that some are forgotten.
      return [
        { kind: "identity.changed", tenantId: other, everybody, ...users, at: text.length * 40_000_000 },
      ];
    }
    case "operator":
      if (isRemoval)
        return snapshot.operators.has(other) ? [{ kind: "operator.removed", operatorId: other }] : [];
      return [
        {
          kind: "operator.put",
          operator: {
            id: other,
            name: text,
            roles: ["admin", text],
            tokenHash: id,
            createdAt: "2026-01-01T00:00:00.000Z",
          },
        },
      ];
  }
}

function trileanOf(text: string): boolean | null {
  return [null, true, false][text.length % 3] ?? null;
}

export const position = { revision: 1, history: "h", hash: "x" };

/** The snapshot after all these wishes, and the changes that they came to. */
export function follow(base: Snapshot, wishes: readonly Wish[]) {
  let snapshot = base;
  const changes: Change[] = [];
  for (const wish of wishes) {
    const some = changesFor(snapshot, wish);
    const applied = applyChanges(snapshot, some, position);
    if (!applied.ok) throw new Error(applied.error);
    snapshot = applied.value;
    changes.push(...some);
  }
  return { snapshot, changes };
}

/** With the order of iteration, which Map equality would not see. */
export function contentOf({
  modules,
  tenants,
  discovery,
  env,
  operators,
  signingKeys,
  identityEpochs,
}: Snapshot) {
  return {
    modules: modules.all().map(({ id, source }) => [id, source]),
    tenants: [...tenants],
    discovery: [...discovery],
    env: [...env],
    operators: [...operators],
    signingKeys: [...signingKeys],
    identityEpochs: [...identityEpochs].map(([id, epochs]) => [id, epochs, [...epochs.users]]),
  };
}
