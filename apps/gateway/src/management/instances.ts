import type { LiveInstance } from "@octavo/registry";
import { ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { json, presentFields } from "./reply.ts";

/** The gateways that share this registry, and how far each has come. */
export const listInstances: Handler = async (_call, { registry }) => {
  const instances = [...registry.instances()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const { revision, history } = registry.snapshot;
  return ok(
    json(
      200,
      presentFields([
        ["revision", revision],
        ["history", history],
        ["instances", instances.map(shown)],
      ]),
    ),
  );
};

function shown(instance: LiveInstance) {
  return presentFields([
    ["id", instance.id],
    ["name", instance.name],
    ["url", instance.url],
    ["version", instance.version],
    ["startedAt", instance.startedAt],
    ["appliedRevision", instance.appliedRevision],
  ]);
}
