import fc from "fast-check";
import { indexModules } from "@octavo/resolution";
import { err } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { applyChanges } from "./apply-changes.ts";
import { assembleSnapshot, type StoredState } from "./assemble-snapshot.ts";
import { anyWish, contentOf, follow, position } from "./change.arbitraries.ts";
import type { Change } from "./change.ts";
import { genesisHash } from "./logged-change.ts";
import type { Snapshot } from "./snapshot.ts";
import { tenantPut } from "./testing/open-on.ts";
import { internalModule, sampleModule } from "./testing/sample-modules.ts";

const empty: Snapshot = {
  revision: 0,
  history: "h",
  hash: genesisHash,
  modules: indexModules([internalModule]),
  tenants: new Map(),
  discovery: new Map(),
  env: new Map(),
  operators: new Map(),
  signingKeys: new Map(),
  identityEpochs: new Map(),
};

describe("applying changes", () => {
  it("gives the same one by one and all at once, and what loading the tables gives", () => {
    fc.assert(
      fc.property(fc.array(anyWish, { maxLength: 40 }), (wishes) => {
        const { snapshot, changes } = follow(empty, wishes);
        const atOnce = must(applyChanges(empty, changes, position));
        expect(contentOf(atOnce)).toEqual(contentOf(snapshot));
        expect(contentOf(must(assembleSnapshot(tablesOf(snapshot), snapshot.modules, position)))).toEqual(
          contentOf(snapshot),
        );
      }),
    );
  });

  it("never changes the snapshot that it began with", () => {
    fc.assert(
      fc.property(
        fc.array(anyWish, { maxLength: 20 }),
        fc.array(anyWish, { maxLength: 10 }),
        (first, then) => {
          const { snapshot } = follow(empty, first);
          const before = structuredClone(contentOf(snapshot));
          follow(snapshot, then);
          expect(contentOf(snapshot)).toEqual(before);
        },
      ),
    );
  });

  it("keeps enabled modules in Okapi's order, whatever order they were enabled in", () => {
    const ids = ["mod-a-1.10.0", "mod-a-1.9.0", "mod-b-2.0.0", "mod-b-2.0.0-SNAPSHOT.1", "edge-c-0.1.0"];
    const changes: Change[] = [
      ...ids.map((id): Change => ({ kind: "module.added", module: sampleModule(id) })),
      tenantPut("diku"),
      ...ids.map((id): Change => ({ kind: "tenant.modules", tenantId: "diku", enable: [id], disable: [] })),
    ];
    expect(must(applyChanges(empty, changes, position)).tenants.get("diku")?.enabled).toEqual([
      "edge-c-0.1.0",
      "mod-a-1.9.0",
      "mod-a-1.10.0",
      "mod-b-2.0.0-SNAPSHOT.1",
      "mod-b-2.0.0",
    ]);
  });

  const moduleA = sampleModule("mod-a-1.0.0");
  const enabled: readonly Change[] = [
    { kind: "module.added", module: moduleA },
    tenantPut("diku"),
    { kind: "tenant.modules", tenantId: "diku", enable: [moduleA.id], disable: [] },
  ];
  const instance = { instanceId: "i", moduleId: "m", url: "", nodeId: null, descriptor: null };
  it.each<[readonly Change[], string]>([
    [[...enabled, { kind: "module.added", module: moduleA }], "module mod-a-1.0.0 is known already"],
    [
      [...enabled, { kind: "module.removed", moduleId: moduleA.id }],
      "tenant diku would have mod-a-1.0.0 enabled, which is not known",
    ],
    [[{ kind: "module.removed", moduleId: "mod-x-1.0.0" }], "module mod-x-1.0.0 is not known"],
    [[{ kind: "tenant.removed", tenantId: "x" }], "tenant x is not known"],
    [[{ kind: "tenant.modules", tenantId: "x", enable: [], disable: [] }], "tenant x is not known"],
    [
      [tenantPut("t"), { kind: "tenant.modules", tenantId: "t", enable: ["mod-x-1.0.0"], disable: [] }],
      "tenant t would have mod-x-1.0.0 enabled, which is not known",
    ],
    [
      [
        { kind: "instance.registered", instance },
        { kind: "instance.registered", instance },
      ],
      "instance i of m is registered already",
    ],
    [
      [{ kind: "instance.deregistered", moduleId: "m", instanceId: "i" }],
      "instance i of m is not registered",
    ],
    [[{ kind: "env.removed", name: "X" }], "environment variable X is not known"],
    [[{ kind: "operator.removed", operatorId: "x" }], "operator x is not known"],
    [[{ kind: "signing-key.removed", kid: "x" }], "signing key x is not known"],
    [
      [
        {
          kind: "identity.changed",
          tenantId: "x",
          everybody: "ended",
          changed: [],
          ended: [],
          at: 0,
        },
      ],
      "tenant x is not known",
    ],
  ])("is refused where it makes no sense (case %#)", (changes, sentence) => {
    expect(applyChanges(empty, changes, position)).toEqual(err(sentence));
  });

  it("lets a module be enabled, and another version disabled, before it is checked as a whole", () => {
    const next = sampleModule("mod-a-2.0.0");
    const upgraded = applyChanges(
      empty,
      [
        ...enabled,
        { kind: "tenant.modules", tenantId: "diku", enable: [next.id], disable: [moduleA.id] },
        { kind: "module.removed", moduleId: moduleA.id },
        { kind: "module.added", module: next },
      ],
      position,
    );
    expect(must(upgraded).tenants.get("diku")?.enabled).toEqual([next.id]);
  });
});

/** Rows in an order that nobody asked for. */
function tablesOf({
  tenants,
  discovery,
  env,
  operators,
  signingKeys,
  identityEpochs,
}: Snapshot): StoredState {
  return {
    tenants: [...tenants.values()].toReversed(),
    enablements: [...tenants.values()].flatMap(({ id, enabled }) =>
      enabled.toReversed().map((moduleId) => ({ tenantId: id, moduleId })),
    ),
    instances: [...discovery.values()].flat().toReversed(),
    env: [...env.values()].toReversed(),
    operators: [...operators.values()].toReversed(),
    signingKeys: [...signingKeys.values()].toReversed(),
    identityEpochs: new Map([...identityEpochs].toReversed()),
  };
}

function must(result: ReturnType<typeof applyChanges>): Snapshot {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
