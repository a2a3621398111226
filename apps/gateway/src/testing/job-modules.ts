import { job, late, type Reply } from "@octavo/testing/stand-in-modules/reply";
import type { StandIns } from "@octavo/testing/stand-in-modules/start-stand-ins";

const tenant2 = {
  id: "_tenant",
  version: "2.0",
  interfaceType: "system",
  handlers: [
    { methods: ["POST"], pathPattern: "/_/tenant" },
    { methods: ["GET", "DELETE"], pathPattern: "/_/tenant/{id}" },
  ],
};
const tenant1 = {
  ...tenant2,
  version: "1.2",
  handlers: [{ methods: ["POST", "DELETE"], pathPattern: "/_/tenant" }],
};
const permissions = {
  id: "_tenantPermissions",
  version: "2.0",
  interfaceType: "system",
  handlers: [{ methods: ["POST"], pathPattern: "/_/tenantpermissions" }],
};

/** Modules of every kind that a job meets: with jobs of their own, slow without, repeatable, permissions, nothing to call. */
export const jobModules = [
  { id: "mod-permissions-1.0.0", provides: [tenant2, permissions] },
  { id: "mod-job-1.0.0", provides: [tenant2] },
  { id: "mod-longjob-1.0.0", provides: [tenant2] },
  { id: "mod-slow-1.0.0", provides: [tenant1] },
  { id: "mod-slower-1.0.0", provides: [tenant1] },
  { id: "mod-quick-1.0.0", provides: [tenant1] },
  {
    id: "mod-repeatable-1.0.0",
    provides: [tenant1],
    metadata: { octavo: { repeatable: ["_tenant"] } },
  },
  { id: "folio_ui-1.0.0", provides: [] },
];

export function scriptJobModules(standIns: StandIns): void {
  const replies: readonly (readonly [string, Reply])[] = [
    ["mod-job-1.0.0", job({ polls: 1 })],
    ["mod-longjob-1.0.0", job({ polls: 3 })],
    ["mod-slow-1.0.0", late(120, 201)],
    ["mod-slower-1.0.0", late(300, 201)],
    ["mod-repeatable-1.0.0", late(150, 201)],
  ];
  for (const [moduleId, reply] of replies) standIns.script({ moduleId, kind: "init" }, reply);
}

/** Those whose `_tenant` may be called twice. */
export const repeatableModules: readonly string[] = ["mod-repeatable-1.0.0"];
