import { type Descriptor, systemInterface } from "./descriptor.ts";
import { announcement } from "./permission-calls.ts";
import { type SystemCall, tenantCalls } from "./tenant-calls.ts";

/** A step of a plan, as `install` answers it. */
export interface Step {
  readonly id: string;
  readonly action: string;
  readonly from?: string;
}

export interface JobOptions {
  readonly purge?: boolean;
  readonly reinstall?: boolean;
  /** Module ids that may be called: a pattern for the whole id, or true or false for all or none. */
  readonly invoke?: string | boolean;
  readonly tenantParameters?: string;
}

/** What all modules of a tenant are called with while a job runs that fails nowhere, one step at a time in this order, after
 * TenantManager.enableAndDisableModule and runJob.
 * @param enabled module ids before; changed as the job would change them */
export function jobCalls(
  known: ReadonlyMap<string, Descriptor>,
  enabled: Set<string>,
  steps: readonly Step[],
  options: JobOptions = {},
): SystemCall[] {
  const descriptor = (id: string): Descriptor => {
    const found = known.get(id);
    if (found === undefined) throw new Error(`the model knows no module ${id}`);
    return found;
  };
  const calls = steps.flatMap((step) => {
    if (step.action === "uptodate") return [];
    const to = step.action === "enable" ? descriptor(step.id) : null;
    const from =
      step.action === "disable"
        ? descriptor(step.id)
        : step.from === undefined
          ? null
          : descriptor(step.from);
    const before = [...enabled].sort().map(descriptor);
    if (from !== null) enabled.delete(from.id);
    if (to !== null) enabled.add(to.id);
    return stepCalls(before, from, to, options);
  });
  // A permission module that was upgraded hears of everybody once more when all is done.
  const upgraded = steps.flatMap(({ id, action, from }) =>
    action === "enable" && from !== undefined ? [id] : [],
  );
  const after = [...enabled].sort().map(descriptor);
  return [...calls, ...upgraded.flatMap((id) => everybody(after, descriptor(id), options))];
}

function stepCalls(
  enabled: readonly Descriptor[],
  from: Descriptor | null,
  to: Descriptor | null,
  options: JobOptions,
): SystemCall[] {
  const arrives = to !== null && isPermissionModule(to);
  const listener = enabled.find(isPermissionModule);
  const told =
    arrives || listener === undefined || !isInvoked(listener, options)
      ? []
      : announcement(listener, from, to);
  const itself = arrives && isInvoked(to, options) ? announcement(to, null, to) : [];
  const others = arrives && from === null ? everybody(enabled, to, options) : [];
  return [...told, ...ownCalls(from, to, options), ...itself, ...others];
}

/** `_tenant` of the module itself. An enable with purge is a purge, and then an enable of a module that was not there. */
function ownCalls(from: Descriptor | null, to: Descriptor | null, options: JobOptions): SystemCall[] {
  const { purge = false, tenantParameters = null } = options;
  const module = to ?? from;
  if (module === null || !isInvoked(module, options)) return [];
  const enable = { to: to?.id ?? null, purge: false, tenantParameters };
  if (to === null) return tenantCalls(module, { ...enable, from: from?.id ?? null, purge });
  if (!purge) return tenantCalls(to, { ...enable, from: from?.id ?? null });
  return [
    ...tenantCalls(to, { from: to.id, to: null, purge: true, tenantParameters }),
    ...tenantCalls(to, { ...enable, from: null }),
  ];
}

function everybody(enabled: readonly Descriptor[], listener: Descriptor, options: JobOptions): SystemCall[] {
  if (!isPermissionModule(listener) || !isInvoked(listener, options)) return [];
  return enabled.flatMap((module) => announcement(listener, null, module));
}

const isPermissionModule = (module: Descriptor): boolean =>
  systemInterface(module, "_tenantPermissions") !== null;

function isInvoked({ id }: Descriptor, { invoke = true }: JobOptions): boolean {
  return typeof invoke === "boolean" ? invoke : new RegExp(`^(?:${invoke})$`, "u").test(id);
}
