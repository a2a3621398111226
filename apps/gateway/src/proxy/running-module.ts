// running-module.ts runs for every request.
import type { ModuleInstance, RegistryView, Snapshot } from "@octavo/registry";
import type { UpstreamModule, UpstreamModuleInstance, Upstreams } from "@octavo/upstream";

/** By the list of the snapshot, which stays the same object while nothing of it changes. */
const known = new WeakMap<readonly ModuleInstance[], UpstreamModule>();

/** @returns null where discovery knows no instance of the module */
export function runningModule(snapshot: Snapshot, moduleId: string): UpstreamModule | null {
  const listed = snapshot.discovery.get(moduleId);
  if (listed === undefined) return null;
  const module = known.get(listed) ?? learn(moduleId, listed);
  return module.instances.length === 0 ? null : module;
}

function learn(moduleId: string, listed: readonly ModuleInstance[]): UpstreamModule {
  const instances: UpstreamModuleInstance[] = [];
  for (const { instanceId, url } of listed) if (url !== null) instances.push({ instanceId, url });
  const module = { moduleId, instances };
  known.set(listed, module);
  return module;
}

/** Instances that leave discovery are drained at once, also where no request would notice.
 * @returns how to stop */
export function followDiscovery(registry: RegistryView, upstreams: Upstreams): () => void {
  let before = registry.snapshot.discovery;
  return registry.onSnapshot((snapshot) => {
    const { discovery } = snapshot;
    if (discovery === before) return;
    for (const [moduleId, listed] of before) {
      if (discovery.get(moduleId) === listed) continue;
      upstreams.setInstances(moduleId, runningModule(snapshot, moduleId)?.instances ?? []);
    }
    before = discovery;
  });
}
