import { isCompatibleVersion } from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";

/** Whether a module may be enabled beside these: all that it requires is provided by them or by the gateway. */
export function canEnable(
  enabled: readonly ModuleDescriptor[],
  module: ModuleDescriptor,
  gatewayProvides: readonly InterfaceReference[] = [],
): boolean {
  return module.requires.every(
    (need) =>
      enabled.some((other) => provides(other, need)) ||
      gatewayProvides.some((own) => own.id === need.id && isCompatibleVersion(own.version, need.version)),
  );
}

/** Whether a module may be disabled among these: nothing requires what it provides, the gateway provides that too, or one of
 * them replaces its product. */
export function canDisable(
  enabled: readonly ModuleDescriptor[],
  module: ModuleDescriptor,
  gatewayProvides: readonly InterfaceReference[] = [],
): boolean {
  if (enabled.some(({ replaces }) => replaces.includes(module.product))) return true;
  return !enabled.some((other) =>
    other.requires.some(
      (need) =>
        provides(module, need) &&
        !gatewayProvides.some((own) => own.id === need.id && isCompatibleVersion(own.version, need.version)),
    ),
  );
}

function provides(module: ModuleDescriptor, need: InterfaceReference): boolean {
  return module.provides.some(
    (own) => own.type === "proxy" && own.id === need.id && isCompatibleVersion(own.version, need.version),
  );
}
